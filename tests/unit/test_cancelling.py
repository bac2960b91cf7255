"""Cancelling waiting and rendering jobs, on a real SQLite database with a scripted service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from discord.ui import TextDisplay

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.messages import plain
from bot.domain.models.prices import GpuTime
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import (
    Cancelled,
    Cause,
    Done,
    Failed,
    Queued,
    Rendering,
)
from bot.domain.ports.provider import Broken, Look, Order, Ready, Waiting
from bot.ui.cards.job_card import ResultPost
from tests.builders import ANN, WIDE, a_card, a_catalogue, a_job, a_member
from tests.workbench import Bench, a_bench

MANAGER = a_member(manages=True)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def test_a_cancelled_waiting_job_is_never_sent(bench: Bench) -> None:
    job_id = await bench.order()
    await bench.store.cancel(job_id, ANN)
    await bench.step()
    job = await bench.job(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.charged, bench.provider.orders) == (False, [])


async def test_an_order_that_is_called_off_while_a_busy_service_answers_is_not_sent_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.order()
    send = bench.provider.submit
    bench.provider.submits = [Unavailable("429"), "video_1"]

    async def called_off_meanwhile(order: Order) -> str:
        await bench.store.cancel(job_id, MANAGER.id)
        return await send(order)

    monkeypatch.setattr(bench.provider, "submit", called_off_meanwhile)
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Queued)
    await bench.step()
    job = await bench.job(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.by, job.phase.charged, len(bench.provider.orders)) == (MANAGER.id, False, 1)


@pytest.mark.parametrize(("stops", "phase"), [(True, Cancelled), (False, Done)])
async def test_a_render_is_cancelled_only_where_the_service_stops(bench: Bench, stops: bool, phase: type) -> None:
    bench.provider.cancels = stops
    bench.provider.looks = [Waiting(), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, phase)
    assert bench.provider.cancelled == ["video_1"]
    assert job.cost == Usd.of("0.40")


async def test_a_cancel_that_comes_after_the_end_deletes_nothing_and_the_paid_video_is_delivered(bench: Bench) -> None:
    """Services stop a render by deleting it, and would delete a finished video just the same."""
    bench.provider.cancels = True
    bench.provider.looks = [Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, Done)
    assert bench.provider.cancelled == []
    assert job.cost == Usd.of("0.40")
    texts = [part.content for part in ResultPost(job, "fox.mp4").walk_children() if isinstance(part, TextDisplay)]
    assert "finished before it could be stopped" in "\n".join(texts)


async def test_a_service_that_does_not_stop_is_asked_once(bench: Bench) -> None:
    bench.provider.cancels = False
    bench.provider.looks = [Waiting(), Waiting(), Waiting(), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert bench.provider.cancelled == ["video_1"]


async def test_a_cancel_that_comes_after_a_failure_says_how_it_failed(bench: Bench) -> None:
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False)]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, Failed)
    assert bench.provider.cancelled == []


@pytest.mark.parametrize("trouble", [Unavailable("503"), AccountTrouble("401"), Gone("404")])
async def test_trouble_while_cancelling_is_no_no(bench: Bench, trouble: ProviderError) -> None:
    bench.provider.looks = [Waiting(progress=10)]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    bench.provider.cancels = trouble
    await bench.step()
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Rendering)
    assert not phase.cancel_refused
    bench.provider.cancels = True
    await bench.step(forward=60)
    assert isinstance((await bench.job(job_id)).phase, Cancelled)


async def test_a_render_that_is_gone_after_a_cancel_was_stopped_although_the_answer_to_that_was_lost(
    bench: Bench,
) -> None:
    bench.provider.looks = [Waiting(progress=10), Gone("No such video.")]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    bench.provider.cancels = False  # asked again, the service reports no such video
    job = await bench.run(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.charged, job.cost) == (True, Usd.of("0.40"))


async def test_a_free_render_that_is_stopped_was_not_charged(bench: Bench) -> None:
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: FREE})))
    bench.provider.cancels = True
    bench.provider.looks = [Waiting()]
    job_id = await bench.order(a_job(quote=FREE))
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.charged, job.cost) == (False, None)
    assert await bench.store.check_books() == []


@pytest.mark.parametrize(
    ("ahead", "then", "cost"),
    [
        (None, Broken(cause=Cause.PROVIDER, reason=plain("Stopped."), gpu_seconds=10.0), "0.01"),
        (2, Broken(cause=Cause.PROVIDER, reason=plain("Stopped."), gpu_seconds=10.0), "0.01"),  # it began meanwhile
        (None, Gone("404"), "0.30"),
        (2, Gone("404"), None),
        (None, AccountTrouble("401"), "0.30"),
        (None, Unavailable("503"), "0.30"),
        (2, Unavailable("503"), None),
    ],
)
async def test_a_stopped_render_costs_its_gpu_time_or_the_quote_if_it_is_not_known_and_nothing_in_line(
    bench: Bench, ahead: int | None, then: Look | ProviderError, cost: str | None
) -> None:
    gpu = GpuTime(dollars=Decimal("0.001"), most_seconds=300)
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: FREE}, per_video={WIDE: gpu.bound}, gpu=gpu)))
    bench.provider.cancels = True
    bench.provider.looks = [Waiting(ahead=ahead), then]
    job_id = await bench.order(a_job(quote=gpu.bound))
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.charged, job.cost) == (cost is not None, None if cost is None else Usd.of(cost))
    assert await bench.store.check_books() == []
