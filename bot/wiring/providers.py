"""The video services that are set up, and the catalogue of what can be ordered there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack

from bot.domain.accounts import Account
from bot.domain.models.catalogue import Catalogue
from bot.domain.moderation.model import ModerationModel
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.providers.catalogue.load import CatalogueFile, load_catalogue
from bot.providers.catalogue.refresh import CatalogueRefresh
from bot.providers.dialects import DIALECTS, ModelReader, ModerationOnFirstUse, ProviderOnFirstUse
from bot.settings import Settings
from bot.wiring.accounts import accounts_of, accounts_so_far
from bot.wiring.paths import model_list

log = logging.getLogger(__name__)


def providers_of(settings: Settings) -> Mapping[str, Provider]:
    """By the name of the account. Raises CannotStart."""
    return {account.name: ProviderOnFirstUse(account) for account in accounts_of(settings)}


def providers_so_far(settings: Settings) -> Mapping[str, Provider]:
    """Likewise, and none where no service is set up."""
    return {account.name: ProviderOnFirstUse(account) for account in accounts_so_far(settings)}


def model_lists(settings: Settings) -> Mapping[str, ModelReader]:
    """The accounts whose service tells itself what models it has, and how its list is read.

    Only those with the name of their dialect: the rows are cards of that account.
    """
    own = [account for account in accounts_of(settings) if account.name == account.dialect]
    readers = {account.name: DIALECTS[account.dialect].read_models() for account in own}
    return {name: reader for name, reader in readers.items() if reader is not None}


def open_providers(settings: Settings, opened: AsyncExitStack) -> Mapping[str, Provider]:
    providers = providers_of(settings)
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


def open_moderation(settings: Settings, opened: AsyncExitStack) -> ModerationModel | None:
    """None where the host has set up none. Raises CannotStart for an address or a key that cannot be one."""
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


async def open_catalogue(
    settings: Settings, providers: Mapping[str, Provider], clock: Clock, opened: AsyncExitStack
) -> Catalogue:
    """The catalogue, which a service's own list of models keeps up to date where it has one."""
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
