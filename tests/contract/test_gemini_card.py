"""The shipped card of Gemini Omni: everything that it offers is accepted, and its reservations are sufficient."""

from __future__ import annotations

from datetime import date

from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Order, Ready
from bot.domain.video import RemixMethod
from bot.providers.catalogue.load import load_catalogue
from bot.providers.gemini.cost import PRICES
from bot.settings import Settings
from bot.wiring.providers import providers_of
from tests.contract.gemini_services import SMALL, a_gemini
from tests.contract.video_services import a_picture

HOST = "generativelanguage.googleapis.com"


def the_card() -> ModelCard:
    return load_catalogue(None, {"gemini": HOST}, date(2026, 11, 27)).default


def test_a_key_turns_the_provider_on() -> None:
    settings = Settings.model_validate({"discord_token": "t", "gemini_api_key": "k"})
    (provider,) = providers_of(settings).values()
    assert (provider.name, provider.host, provider.setting) == ("gemini", HOST, "GEMINI_API_KEY")
    assert settings.gemini_base_url == f"https://{HOST}/v1beta"


def test_the_card_has_a_price_for_every_size_and_a_row_of_token_prices() -> None:
    card = the_card()
    assert set(card.sizes) == set(card.per_second)
    assert card.priced == PRICES[card.remote].read


async def test_all_that_the_card_offers_is_taken_and_costs_no_more_than_is_reserved() -> None:
    card, picture = the_card(), a_picture(SMALL)
    orders = [
        Order(card=card, prompt="a fox " * 100, seconds=seconds, size=size, picture=given)
        for size in card.sizes
        for seconds in card.seconds
        for given in (None, picture)
    ]
    async with a_gemini() as service:
        sources = [await service.provider.submit(order) for order in orders]
        service.finish()
        remixes = [
            Order(card=card, prompt="at night", seconds=made.seconds, size=made.size, method=method, source_id=source)
            for made, source in zip(orders, sources, strict=True)
            for method in (RemixMethod.NATIVE, RemixMethod.EXTEND)
        ]
        ids = sources + [await service.provider.submit(order) for order in remixes]
        service.finish()
        for order, remote_id in zip(orders + remixes, ids, strict=True):
            seen = await service.provider.look(remote_id)
            assert isinstance(seen, Ready)
            assert seen.cost is not None
            assert seen.cost <= card.quote(order.seconds, order.size), order
