"""The chat model that helps with prompts, where whoever runs the bot has set one up."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.domain.messages import Term, msg
from bot.domain.money.usd import Usd
from bot.domain.prompting.helper import HelperPrices, PromptHelper
from bot.providers.dialects import HelperOnFirstUse
from bot.settings import Settings

NO_KEY = "no-key-is-needed-here"  # a server of one's own takes any


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedHelper:
    """With its name there, and what it costs."""

    helper: PromptHelper
    model: str
    prices: HelperPrices


def open_helper(settings: Settings, opened: AsyncExitStack) -> PricedHelper | None:
    """None where the host has set up none. Raises CannotStart where something of it is missing or wrong."""
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
