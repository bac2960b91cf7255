"""Polling renders, on a real database: what is stored, queues at a service, and webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.phases import Cancelled, Cause, Failed, Rendering, Saving
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.domain.ports.render_history import PastRender, RenderKind
from bot.domain.ports.webhooks import WebhookEvent
from bot.jobs.reconcile.webhooks import WebhookCall
from bot.jobs.timing.calls import ENOUGH_CALLED
from bot.jobs.timing.forecast import ENOUGH
from bot.jobs.timing.forecasts import FRESH, FRESH_AT_FIRST, MOST_KINDS, RenderForecasts
from bot.jobs.timing.outlooks import RenderOutlooks
from tests.builders import NOON, a_job
from tests.stores import JobStores
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


def a_render(name: str, began: float) -> Job:
    return a_job(Rendering(remote_id=name, started_at=NOON + timedelta(seconds=began)), id=JobId(name))


async def test_what_looks_saw_of_a_render_is_kept_with_it(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=10), Waiting(progress=None), Waiting(progress=60), Ready()]
    job_id = await bench.order()
    await bench.step()
    for seconds in (3, 25, 30, 22):
        await bench.step(forward=seconds)
    assert (await bench.job(job_id)).progress_seen == ((3.0, 10), (58.0, 60), (80.0, 100))
    await bench.run(job_id)
    kind = RenderKind.of(await bench.job(job_id))
    assert await bench.store.renders([kind]) == {kind: [PastRender(seconds=80.0, seen=[(3.0, 10), (58.0, 60)])]}


async def test_a_forecast_is_read_again_after_a_while(bench: Bench) -> None:
    kind, forecasts = RenderKind.of(a_job()), bench.context.forecasts
    first = await forecasts.of(kind, None)
    bench.clock.forward(FRESH_AT_FIRST.total_seconds() - 1)
    assert await forecasts.of(kind, None) is first
    bench.clock.forward(1)
    assert await forecasts.of(kind, None) is not first
    bench.clock.forward(-FRESH.total_seconds())
    assert await forecasts.of(kind, None) == first


async def test_behind_the_first_of_a_line_few_looks_are_made(bench: Bench) -> None:
    bench.provider.in_order = True
    bench.provider.submits = ["video_1", "video_2"]
    bench.provider.looks = [Waiting(), Waiting(), Ready(), Waiting()]
    first = await bench.order()
    await bench.step()
    second = await bench.order()
    await bench.step(forward=1)
    await bench.step(forward=3)
    await bench.step(forward=24)
    assert (await bench.job(first)).progress_seen[-1] == (28.0, 100)
    await bench.step()
    assert (await bench.job(second)).progress_seen == ((0.0, 0),)  # its turn has come


async def test_what_a_card_says_of_a_render_counts_from_when_its_turn_came(bench: Bench) -> None:
    bench.provider.in_order = True
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Ready(), Waiting()]
    first = await bench.order()
    await bench.step()
    second = await bench.order()
    await bench.step(forward=30)
    assert isinstance((await bench.job(first)).phase, Saving)
    bench.clock.forward(5)
    job = await bench.job(second)
    forecast = await bench.context.forecasts.of(RenderKind.of(job), bench.context.card(job))
    left = forecast.median_left(5.0, ())
    assert left is not None
    stands = await bench.browse.estimate(job)
    assert stands.ready_at == bench.clock.now() + timedelta(seconds=left)
    assert (await bench.browse.estimates(job.guild_id, [job]))[second].ready_at == stands.ready_at


@wired
class CountedHistory(JobStores):
    reads: list[list[RenderKind]] = field(default_factory=list)
    past: list[PastRender] = field(default_factory=list)  # of every kind

    async def renders(self, kinds: Iterable[RenderKind]) -> Mapping[RenderKind, Sequence[PastRender]]:
        self.reads.append(list(kinds))
        return dict.fromkeys(self.reads[-1], tuple(self.past))


def a_history(bench: Bench) -> CountedHistory:
    store = bench.store
    return CountedHistory(database=store.database, clock=bench.clock, budget=store.budget)


async def test_forecasts_of_many_kinds_are_read_at_once_and_only_those_that_are_not_known(bench: Bench) -> None:
    history = a_history(bench)
    forecasts, (one, two, three) = (
        RenderForecasts(history=history, clock=bench.clock),
        [replace(RenderKind.of(a_job()), seconds=seconds) for seconds in (4, 8, 12)],
    )
    known = await forecasts.of(one, None)
    found = await forecasts.of_each({one: None, two: None, three: None})
    assert (found[one], set(found)) == (known, {one, two, three})
    assert history.reads == [[one], [two, three]]
    assert await forecasts.of_each({}) == {}


async def test_many_looks_at_once_have_a_forecast_read_once(bench: Bench) -> None:
    history = a_history(bench)
    forecasts, one = RenderForecasts(history=history, clock=bench.clock), RenderKind.of(a_job())
    two = replace(one, seconds=one.seconds + 4)
    looks = asyncio.gather(*[forecasts.of(one, None) for _ in range(50)])
    found, both = await asyncio.gather(looks, forecasts.of_each({one: None, two: None}))
    assert all(each is both[one] for each in found)
    assert history.reads == [[one], [two]]


@pytest.mark.parametrize(("past", "fresh"), [(0, FRESH_AT_FIRST), (ENOUGH - 1, FRESH_AT_FIRST), (ENOUGH, FRESH)])
async def test_a_forecast_is_read_again_when_it_is_old_and_sooner_while_little_is_known(
    bench: Bench, past: int, fresh: timedelta
) -> None:
    history = a_history(bench)
    history.past.extend([PastRender(seconds=60.0)] * past)
    forecasts, kind = RenderForecasts(history=history, clock=bench.clock), RenderKind.of(a_job())
    for seconds, reads in ((0.0, 1), (fresh.total_seconds() - 0.1, 1), (0.1, 2), (-60.0, 3)):
        bench.clock.forward(seconds)
        await forecasts.of(kind, None)
        assert len(history.reads) == reads


async def test_of_too_many_forecasts_the_one_that_was_read_longest_ago_goes(bench: Bench) -> None:
    history, kind = a_history(bench), RenderKind.of(a_job())
    forecasts = RenderForecasts(history=history, clock=bench.clock)
    first, second, *others = [replace(kind, seconds=seconds) for seconds in range(1, MOST_KINDS + 2)]
    for each in (first, second, *others):
        await forecasts.of(each, None)
    history.reads.clear()
    for each in (second, *others, first):
        await forecasts.of(each, None)
    assert history.reads == [[first]]


async def test_a_forecast_that_was_read_again_is_not_the_one_that_goes(bench: Bench) -> None:
    history, kind = a_history(bench), RenderKind.of(a_job())
    forecasts = RenderForecasts(history=history, clock=bench.clock)
    first, *others, last = [replace(kind, seconds=seconds) for seconds in range(1, MOST_KINDS + 2)]
    for each in (first, *others):
        await forecasts.of(each, None)
    bench.clock.forward(FRESH_AT_FIRST.total_seconds())
    for each in (first, last):
        await forecasts.of(each, None)
    history.reads.clear()
    await forecasts.of(first, None)
    assert history.reads == []


async def test_a_look_that_is_given_up_leaves_the_forecast_to_the_others(bench: Bench) -> None:
    forecasts, kind = bench.context.forecasts, RenderKind.of(a_job())
    first, second = (asyncio.create_task(forecasts.of(kind, None)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is await forecasts.of(kind, None)
    assert first.cancelled()


async def two_in_line(bench: Bench) -> tuple[JobId, JobId]:
    """At a service that renders one at a time; the first one is submitted."""
    bench.provider.in_order = True
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Waiting()]
    first = await bench.order()
    await bench.step()
    second = await bench.order()
    return first, second


async def test_nobody_behind_the_first_of_a_line_is_looked_at_soon(bench: Bench) -> None:
    first, second = await two_in_line(bench)
    for _ in range(20):
        await bench.step(forward=5)
    seen = [(await bench.job(each)).progress_seen for each in (first, second)]
    assert seen[0][-1][0] > 80
    assert seen[1] == ((5.0, 0),)


async def test_who_is_behind_is_looked_at_no_sooner_than_its_service_says(bench: Bench) -> None:
    await two_in_line(bench)
    await bench.step(forward=1)
    bench.provider.looks = [Waiting(poll_after=300.0)]
    await bench.step(forward=30)
    assert bench.provider.looked.count("video_2") == 1
    for seconds, looks in ((299, 1), (1, 2)):
        await bench.step(forward=seconds)
        assert bench.provider.looked.count("video_2") == looks


async def test_who_follows_one_that_was_stopped_is_looked_at_at_once(bench: Bench) -> None:
    first, second = await two_in_line(bench)
    bench.provider.cancels = True
    for seconds in (1, 3, 3):
        await bench.step(forward=seconds)
    assert (await bench.job(second)).progress_seen == ((3.0, 0),)
    await bench.store.cancel(first, 5)
    await bench.step(forward=10)
    assert isinstance((await bench.job(first)).phase, Cancelled)
    await bench.step(forward=1)
    assert (await bench.job(second)).progress_seen == ((1.0, 0),)  # its turn has come


async def test_who_follows_one_that_broke_is_looked_at_at_once(bench: Bench) -> None:
    first, second = await two_in_line(bench)
    for seconds in (1, 3, 3):
        await bench.step(forward=seconds)
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=msg("It broke."), charged=False), Waiting()]
    await bench.store.nudge(first)
    await bench.step(forward=10)
    assert isinstance((await bench.job(first)).phase, Failed)
    await bench.step(forward=1)
    assert (await bench.job(second)).progress_seen == ((1.0, 0),)  # its turn has come


async def test_processes_that_make_no_looks_know_when_its_turn_came(bench: Bench) -> None:
    """So does the next process after a restart."""
    first, second = await two_in_line(bench)
    for seconds in (1, 3, 3):
        await bench.step(forward=seconds)
    assert rendering_of(await bench.job(second)).turn_at is None
    bench.provider.looks = [Ready(), Waiting()]
    await bench.store.nudge(first)
    await bench.step(forward=100)
    ended_at = bench.clock.now()
    await bench.step(forward=1)
    waiting = await bench.job(second)
    assert rendering_of(waiting).turn_at == ended_at
    elsewhere = RenderOutlooks(catalogue=bench.context.catalogue, forecasts=bench.context.forecasts)
    assert (await elsewhere.of([waiting]))[second].began == ended_at
    assert waiting.progress_seen == ((1.0, 0),)


def rendering_of(job: Job) -> Rendering:
    assert isinstance(job.phase, Rendering)
    return job.phase


async def test_one_that_was_stopped_in_the_middle_of_a_line_overtook_nobody(bench: Bench) -> None:
    turns, first, second, third = bench.context.turns, a_render("A", 0.0), a_render("B", 5.0), a_render("C", 9.0)
    assert turns.stopped(second, NOON, [first, third]) == first.id
    assert turns.are_kept(first.account)
    earlier = rendering_of(a_render("A", -60.0))
    assert turns.began(first.account, earlier) == earlier.started_at


async def test_a_service_that_lets_one_overtake_another_keeps_no_line(bench: Bench) -> None:
    bench.provider.in_order = True
    turns = bench.context.turns
    first, second = a_render("A", 0.0), a_render("B", 5.0)
    assert turns.ended(first, NOON, [second]) == second.id
    assert turns.are_kept(first.account)
    assert turns.ended(second, NOON, [first]) == first.id
    assert not turns.are_kept(first.account)


async def test_a_turn_begins_no_earlier_than_its_order_was_accepted(bench: Bench) -> None:
    turns, later = bench.context.turns, a_render("B", 5.0)
    turns.ended(a_render("A", 0.0), NOON, [])
    assert turns.began(later.account, rendering_of(later)) == NOON + timedelta(seconds=5)


async def test_calls_that_come_make_looks_fewer(bench: Bench) -> None:
    intake = bench.intake
    for number in range(ENOUGH_CALLED):
        bench.provider.submits, bench.provider.looks = [f"video_{number}"], [Ready()]
        job_id = await bench.order()
        await bench.step()
        event = WebhookEvent(remote_id=f"video_{number}", is_done=True)
        await intake.take(WebhookCall(account="openai", job_id=job_id, event=event))
        await bench.run(job_id)
    assert bench.context.calls.are_relied_on("openai")
    bench.provider.submits, bench.provider.looks = ["video"], [Waiting()]
    await bench.order()
    await bench.step()
    await bench.step(forward=3)
    assert (await bench.store.next_due() or 0.0) > bench.context.poll_schedule.most
