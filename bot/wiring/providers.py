"""The configured video services, and the catalogue of what can be ordered there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.domain.messages import Term, msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.moderation.model import ModerationModel
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.prompting.helper import HelperPrices, PromptHelper
from bot.providers.catalogue.load import CatalogueFile, load_catalogue
from bot.providers.catalogue.refresh import CatalogueRefresh
from bot.providers.dialects import DIALECTS, ModelReader, ProviderOnFirstUse
from bot.providers.models import HelperOnFirstUse, ModerationOnFirstUse
from bot.settings import Settings
from bot.wiring.accounts import accounts_of, accounts_so_far
from bot.wiring.paths import model_list

log = logging.getLogger(__name__)

NO_KEY = "no-key-is-needed-here"  # a self-hosted server accepts any


@value_object
class PricedHelper:
    """With its name there, and its prices."""

    helper: PromptHelper
    model: str
    prices: HelperPrices


def providers_of(settings: Settings) -> Mapping[str, ProviderOnFirstUse]:
    """By the name of the account. Raises CannotStart."""
    return {account.name: ProviderOnFirstUse(account) for account in accounts_of(settings)}


def providers_so_far(settings: Settings) -> Mapping[str, Provider]:
    """Likewise, and none if no service is set up."""
    return {account.name: ProviderOnFirstUse(account) for account in accounts_so_far(settings)}


def model_lists(settings: Settings) -> Mapping[str, ModelReader]:
    """The accounts whose service itself reports its models, and how its list is read.

    Only those with the name of their dialect: the rows are cards of that account.
    """
    own = [account for account in accounts_of(settings) if account.name == account.dialect]
    readers = {account.name: DIALECTS[account.dialect].read_models() for account in own}
    return {name: reader for name, reader in readers.items() if reader is not None}


def open_providers(settings: Settings, opened: AsyncExitStack) -> Mapping[str, ProviderOnFirstUse]:
    providers = providers_of(settings)
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


def open_moderation(settings: Settings, opened: AsyncExitStack) -> ModerationModel | None:
    """None if the host has set up none. Raises CannotStart for an invalid address or key."""
    if settings.moderation_api_key is None:
        return None
    account = Account(
        name="moderation",
        dialect="openai",
        key=settings.moderation_api_key.get_secret_value().strip(),
        base_url=settings.moderation_base_url.strip(),
        key_setting="MODERATION_API_KEY",
        url_setting="MODERATION_BASE_URL",
        secrets=tuple(settings.secrets),
    )
    model = ModerationOnFirstUse(account, settings.moderation_model.strip())
    opened.push_async_callback(model.close)
    return model


def open_helper(settings: Settings, opened: AsyncExitStack) -> PricedHelper | None:
    """None if the host has set up none. Raises CannotStart if something is missing or wrong."""
    if settings.helper_base_url is None:
        return None
    model, prices = _model(settings), _prices(settings)
    key = None if settings.helper_api_key is None else settings.helper_api_key.get_secret_value().strip()
    account = Account(
        name="helper",
        dialect="openai",
        key=key or NO_KEY,
        base_url=settings.helper_base_url.strip(),
        key_setting="HELPER_API_KEY",
        url_setting="HELPER_BASE_URL",
        secrets=tuple(settings.secrets),
    )
    helper = HelperOnFirstUse(account, model)
    opened.push_async_callback(helper.close)
    return PricedHelper(helper=helper, model=model, prices=prices)


def _model(settings: Settings) -> str:
    model = (settings.helper_model or "").strip()
    if not model:
        raise CannotStart(
            msg(
                "HELPER_BASE_URL is set, but {missing} isn't. Set it to the name of a chat model there, or unset "
                "HELPER_BASE_URL to do without the prompt helper.",
                missing=Term("HELPER_MODEL"),
            )
        )
    return model


def _prices(settings: Settings) -> HelperPrices:
    read, written = settings.helper_price_in_usd, settings.helper_price_out_usd
    if read is None or written is None:
        raise CannotStart(
            msg(
                "HELPER_BASE_URL is set, but {missing} isn't, so nobody could tell what the prompt helper costs. Set "
                "it to the dollars for a million tokens from the service's price list, or to 0 for a server of your "
                "own.",
                missing=Term("HELPER_PRICE_IN_USD" if read is None else "HELPER_PRICE_OUT_USD"),
            )
        )
    return HelperPrices(read=Usd.of(read), written=Usd.of(written))


async def open_catalogue(
    settings: Settings, providers: Mapping[str, Provider], clock: Clock, opened: AsyncExitStack
) -> Catalogue:
    """The catalogue, kept up to date by the service's own list of models if it has one."""
    hosts = {name: provider.host for name, provider in providers.items()}

    def load(beneath: CatalogueFile | None = None) -> Catalogue:
        return load_catalogue(settings.models_file, hosts, clock.now().date(), beneath)

    catalogue = None
    for name, reader in model_lists(settings).items():
        kept = model_list(settings)
        refresh = CatalogueRefresh(service=providers[name], reader=reader, load=load, cache=kept, clock=clock)
        catalogue = await refresh.open()
        opened.push_async_callback(refresh.start())
    catalogue = catalogue or load()
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue
