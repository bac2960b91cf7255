"""Orders of members with a restricted tier: which defaults they get, what is rejected, and what is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.access.limits import OrderLimits
from bot.domain.errors import TierLimit
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.phases import Done
from bot.domain.ports.provider import Ready
from bot.domain.video import RemixMethod
from bot.jobs.ordering.quoting import OrderRequest, Quoting
from bot.jobs.ordering.remix_offers import RemixRequest
from tests.builders import TALL, WIDE, a_card, a_catalogue, a_job, a_request
from tests.scripted import PlainMediaProcessor
from tests.tiers import a_tier
from tests.workbench import Bench, a_bench

SORA, WAN = a_card(), a_card(id="wan", label="Wan", seconds=(5, 10), takes_picture=False)
SHORT = OrderLimits(tier=a_tier("Basic", longest_seconds=8))


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


def orders_of(bench: Bench, *cards: ModelCard) -> Quoting:
    bench.context.catalogue.renew(a_catalogue(*cards))
    return Quoting(bench.context.catalogue, PlainMediaProcessor(), bench.context.files, bench.context.remix_planner)


async def test_what_is_left_open_is_chosen_from_what_the_tier_allows(bench: Bench) -> None:
    orders = orders_of(bench, a_card(seconds=(12, 4)), WAN)
    assert (await orders.new(OrderRequest(prompt="a fox"), limits=SHORT)).request.seconds == 4
    only_wan = OrderLimits(tier=a_tier("Basic", models=frozenset({"wan"}), largest=TALL))
    request = (await orders.new(OrderRequest(prompt="a fox"), limits=only_wan)).request
    assert (request.model, request.seconds, request.size) == ("wan", 5, WIDE)


async def test_a_picture_is_not_even_looked_at_for_an_order_beyond_the_tier(bench: Bench) -> None:
    media = PlainMediaProcessor()
    orders = Quoting(a_catalogue(SORA), media, bench.context.files, bench.context.remix_planner)
    with pytest.raises(TierLimit, match="up to 8 seconds, not 12"):
        await orders.new(OrderRequest(prompt="a fox", seconds=12, image=b"picture"), 1, SHORT)
    assert media.owners == []


async def test_a_tier_without_a_model_for_pictures_says_so(bench: Bench) -> None:
    only_wan = OrderLimits(tier=a_tier("Basic", models=frozenset({"wan"})))
    with pytest.raises(TierLimit, match="No model of the tier “Basic” starts from an image"):
        orders_of(bench, SORA, WAN).animation(None, only_wan)


async def a_long_source(bench: Bench) -> Job:
    bench.media.seconds = 12.0
    bench.provider.submits, bench.provider.looks = ["video_1"], [Ready()]
    return await bench.run(
        await bench.order(a_job(id=JobId("K7Q4FD"), request=a_request(seconds=12), quote=Usd.of("1.20")))
    )


async def test_a_remix_of_a_long_video_is_quoted_and_sent_within_the_tier(bench: Bench) -> None:
    """The service would keep the original's length, which the tier forbids, so the next method is used."""
    long = a_card(remix=(RemixMethod.NATIVE, RemixMethod.REPROMPT), seconds=(4, 8, 12))
    orders, source = orders_of(bench, long), await a_long_source(bench)
    quote = await orders.remix(source, RemixRequest(prompt="at night"), limits=SHORT)
    bench.publisher.allowed, bench.provider.submits, bench.provider.looks = SHORT, ["video_2"], [Ready()]
    remix = await bench.run(await bench.order(a_job(request=quote.request, quote=quote.price)))
    assert isinstance(remix.phase, Done)
    assert (remix.phase.method, bench.provider.orders[-1].seconds) == (RemixMethod.REPROMPT, quote.request.seconds)
    assert quote.request.seconds <= 8


async def test_a_remix_that_can_only_be_too_long_names_the_tier(bench: Bench) -> None:
    only_native = a_card(remix=(RemixMethod.NATIVE,))
    orders, source = orders_of(bench, only_native), await a_long_source(bench)
    with pytest.raises(TierLimit, match="The tier “Basic” can make videos of up to 8 seconds"):
        await orders.remix(source, RemixRequest(prompt="at night"), limits=SHORT)
