"""A quote is a promise: its price is stored with the order, and nothing more expensive is sent instead."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import OutcomeUnknown, Unavailable, Unsupported
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Failed, name_of
from bot.domain.ports.provider import Ready
from bot.domain.video import RemixMethod
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.create import Destination
from bot.ui.text.phrases.results import ResultFacts, result_line
from bot.ui.text.render import render
from tests.builders import NOON, WIDE, a_card, a_catalogue, a_done_job, a_job
from tests.unit.test_failover import ANNS, House, a_house
from tests.unit.test_remix_methods import a_queued_remix, a_remix_card
from tests.workbench import Bench, a_bench, a_listed

DIME, CENTS = Usd.of("0.10"), Usd.of("0.05")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def ordered(bench: Bench, **changes: Any) -> Job:
    return await bench.job(await bench.order(a_job(**{"promised": DIME * 4, **changes})))


def prices(bench: Bench, per_second: Usd | None) -> None:
    """Sets the price of a second from now on; None means unknown."""
    card = a_card(per_second={} if per_second is None else {WIDE: per_second})
    bench.context.catalogue.renew(a_catalogue(card))


async def test_what_was_said_is_stored_with_the_order(tmp_path: Path) -> None:
    house: House
    async with a_house(tmp_path) as house:
        quote = await house.create.quote_new(ANNS, OrderRequest(prompt="a fox"))
        destination = Destination(channel_id=1, upload_limit=1, interaction_id=1)
        job = await house.create.place(ANNS, quote, destination)
        assert (await house.bench.job(job.id)).promised == quote.price == DIME * 4


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (Usd.of("0.11"), "Sora 2 now charges $0.44 for this video instead of $0.40."),
        (None, "Sora 2 no longer has a price for this video."),
    ],
    ids=str,
)
async def test_a_video_that_has_become_dearer_while_it_waited_ends_free(
    bench: Bench, now: Usd | None, told: str
) -> None:
    job = await ordered(bench)
    prices(bench, now)
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert (str(ended.phase.reason), ended.phase.charged, ended.cost) == (told, False, None)
    assert bench.provider.orders == []
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == FREE
    assert await bench.store.check_books() == []


async def test_a_video_that_has_become_cheaper_is_charged_at_that(bench: Bench) -> None:
    job = await ordered(bench)
    prices(bench, CENTS)
    bench.provider.submits, bench.provider.looks = [Unavailable("busy", retry_after=9), "video_1"], [Ready()]
    await bench.step()
    assert (await bench.job(job.id)).quote == DIME * 4, "it waits as it was agreed"
    ended = await bench.run(job.id)
    assert (name_of(ended.phase), ended.cost, ended.promised) == ("done", CENTS * 4, DIME * 4)
    assert await bench.store.check_books() == []


@pytest.mark.parametrize("dies", [False, True])
async def test_a_cheaper_video_whose_answer_is_lost_is_charged_at_its_price_now(bench: Bench, *, dies: bool) -> None:
    job = await ordered(bench)
    prices(bench, CENTS)
    bench.provider.submits = [] if dies else [OutcomeUnknown("no answer")]
    if dies:
        with pytest.raises(IndexError):  # nothing is scripted, so the step crashes while it submits
            await bench.step()
        bench.clock.forward(61)
    bench.provider.lists = [[a_listed("video_1", prompt=job.request.prompt, at=bench.clock.now())]]
    bench.provider.looks = [Ready()]
    ended = await bench.run(job.id)
    assert (name_of(ended.phase), ended.cost) == ("done", CENTS * 4)
    assert await bench.store.check_books() == []


async def test_a_remix_whose_model_has_no_price_any_more_ends_free(bench: Bench) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card(remix=(RemixMethod.NATIVE,)))
    bench.context.catalogue.renew(a_catalogue(a_remix_card(remix=(RemixMethod.NATIVE,), per_second={})))
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert str(ended.phase.reason) == "Sora 2 no longer has a price for this remix."
    assert (ended.phase.charged, ended.quote, bench.provider.orders) == (False, job.quote, [])
    assert await bench.store.check_books() == []


@pytest.mark.parametrize("more", ["0.01", "0.05", "0.30"])
async def test_a_fail_over_never_costs_more_than_was_said(bench: Bench, more: str) -> None:
    """Not by a quarter of a dollar, and not by a cent: a method that has become more expensive isn't used."""
    card = a_remix_card(
        remix=(RemixMethod.NATIVE, RemixMethod.FRAME), remix_per_second={RemixMethod.NATIVE: {WIDE: CENTS}}
    )
    job, quote = await a_queued_remix(bench, card)
    assert (quote.price, quote.is_bound) == (DIME * 4, True)
    dearer = replace(card, per_second={WIDE: DIME + Usd.of(more)})
    bench.context.catalogue.renew(a_catalogue(dearer))
    bench.provider.submits = [Unsupported("no such route", lasting=True), "video_2"]
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert "for this remix instead of $0.40." in str(ended.phase.reason)
    assert (ended.phase.charged, ended.cost) == (False, None)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.NATIVE]
    assert await bench.store.check_books() == []


async def test_what_a_service_charged_beyond_that_is_recorded_and_said(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    job = await ordered(bench)
    bench.provider.submits, bench.provider.looks = ["video_1"], [Ready(cost=Usd.of("0.65"))]
    with caplog.at_level(logging.WARNING, "bot.jobs.steps.render"):
        ended = await bench.run(job.id)
    assert (ended.cost, ended.overrun) == (Usd.of("0.65"), Usd.of("0.25"))
    assert f"{job.id} cost $0.65, $0.25 more than was said" in caplog.text
    said = "The service charged $0.25 more than the $0.40 that was quoted."
    assert said in render(result_line(ended, ResultFacts()))
    assert await bench.store.check_books() == []


def test_what_stayed_below_the_bound_is_no_overrun() -> None:
    job = a_done_job(quote=CENTS * 4, promised=DIME * 4, cost=DIME * 3, created_at=NOON)
    assert job.overrun == FREE
    assert "more than" not in render(result_line(job, ResultFacts()))
    assert a_done_job(quote=CENTS * 4, cost=CENTS * 5).overrun == CENTS, "an order of an older version"
