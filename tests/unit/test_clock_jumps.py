"""Clocks that jump, and machines that sleep: they may cost a repeated step or a delay, but never a second payment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import MovedOn, OutcomeUnknown
from bot.domain.job import Job, Lease
from bot.domain.phases import Done, Failed, Queued, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Ready, Waiting
from bot.jobs.runner import Runner
from bot.jobs.steps.submit import TOO_LATE
from bot.jobs.timing.suspend import LONGEST_REQUEST, UNNOTICED, SuspendDetector
from tests.builders import NOON, a_job, a_request
from tests.workbench import PLACES, Bench, a_bench, a_listed

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass
class Awake:
    """A monotonic clock that follows the bench's, except while the machine sleeps."""

    bench: Bench
    slept: float = 0.0

    def __call__(self) -> float:
        return (self.bench.clock.now() - NOON).total_seconds() - self.slept

    def sleep(self, seconds: float) -> None:
        self.bench.clock.forward(seconds)
        self.slept += seconds


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


@pytest.fixture
def awake(bench: Bench) -> Awake:
    """From here on the bench notices when the machine sleeps."""
    awake = Awake(bench)
    bench.runner = Runner(replace(bench.context, suspend_detector=SuspendDetector(awake)))
    return awake


async def lost(bench: Bench) -> Job:
    """An order whose answer was lost just now."""
    bench.provider.submits = [OutcomeUnknown("lost")]
    job_id = await bench.order()
    await bench.step()
    job = await bench.job(job_id)
    assert isinstance(job.phase, Unknown)
    return job


async def test_a_machine_that_slept_waits_out_the_window_anew_and_finds_what_was_sent_on_waking(
    bench: Bench, awake: Awake
) -> None:
    job = await lost(bench)
    awake.sleep(3 * HOUR)
    bench.provider.lists = [[], [], []]
    for _ in range(3):
        await bench.step(forward=20.0)
        assert isinstance((await bench.job(job.id)).phase, Unknown)
    bench.provider.lists = [[a_listed("late", at=bench.clock.now())]]
    await bench.step(forward=60.0)
    found = (await bench.job(job.id)).phase
    assert isinstance(found, Rendering)
    assert found.remote_id == "late"
    assert len(bench.provider.orders) == 1


async def test_after_sleep_absent_is_still_said_in_the_end(bench: Bench, awake: Awake) -> None:
    job = await lost(bench)
    awake.sleep(3 * HOUR)
    bench.provider.lists = [[] for _ in range(20)]
    woke = bench.clock.now()
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Failed)
    assert not ended.phase.charged
    assert bench.clock.now() - woke >= timedelta(seconds=180)


@pytest.mark.parametrize(("pause", "sent"), [(30.0, 1), (31.0, 0)])
async def test_an_order_that_a_suspended_process_did_not_send_in_time_waits_for_a_new_intent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, pause: float, sent: int
) -> None:
    move = bench.store.move

    async def suspended(lease: Lease, job: Job, *rest: Any, **more: Any) -> Lease:
        stored = await move(lease, job, *rest, **more)
        if isinstance(job.phase, Submitting):
            bench.clock.forward(pause)
        return stored

    monkeypatch.setattr(bench.store, "move", suspended)
    job_id = await bench.order()
    await bench.step()
    phase = (await bench.job(job_id)).phase
    assert len(bench.provider.orders) == sent
    assert isinstance(phase, Rendering) if sent else phase == Queued(waits_for=TOO_LATE)
    monkeypatch.undo()
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert len(bench.provider.orders) == 1


async def test_an_order_from_long_before_the_sleep_does_not_wait_for_it(bench: Bench, awake: Awake) -> None:
    suspend_detector = SuspendDetector(awake)
    suspend_detector.note(bench.clock.now())
    awake.sleep(HOUR)
    woke = suspend_detector.note(bench.clock.now())
    before = NOON - LONGEST_REQUEST - timedelta(seconds=1)
    assert suspend_detector.since_sent(before) == before
    assert suspend_detector.since_sent(NOON - LONGEST_REQUEST) == woke
    assert suspend_detector.since_sent(NOON) == woke
    assert suspend_detector.since_sent(woke + timedelta(seconds=1)) == woke + timedelta(seconds=1)


@pytest.mark.parametrize(("apart", "is_sleep"), [(UNNOTICED, False), (UNNOTICED + 0.1, True)])
def test_only_what_the_clocks_of_a_machine_that_has_run_for_days_differ_by_is_sleep(
    apart: float, is_sleep: bool
) -> None:
    monotonic = iter([5 * DAY, 5 * DAY + 60.0])
    suspend_detector = SuspendDetector(lambda: next(monotonic))
    suspend_detector.note(NOON)
    woke = suspend_detector.note(NOON + timedelta(seconds=60.0 + apart))
    assert suspend_detector.since_sent(NOON) == (woke if is_sleep else NOON)


async def test_what_a_clock_days_ahead_put_off_goes_on_once_that_is_right(bench: Bench) -> None:
    """As in quartznet/quartznet#1508: after the clock is set back, waits would last as long as the jump."""
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Waiting(progress=1), Ready()]
    bench.clock.forward(2 * DAY)
    jobs = [await bench.order(), await bench.order(a_job(request=a_request(prompt="another")))]
    await bench.step()
    bench.clock.forward(HOUR)
    waits, held = await bench.store.claim("worker", PLACES, 2)
    await bench.runner.advance(waits)  # until the next look; the holder of the other lease dies
    bench.clock.forward(-2 * DAY)
    assert (await bench.store.next_due() or 0) > DAY
    assert await bench.store.bring_forward() == 2
    bench.clock.forward(1)
    await bench.store.claim("another", PLACES, 2)
    with pytest.raises(MovedOn):
        await bench.context.move(held, held.job.phase, 0.0)
    bench.clock.forward(HOUR)
    for job_id in jobs:
        assert isinstance((await bench.run(job_id)).phase, Done)
    assert (len(bench.provider.orders), await bench.store.bring_forward()) == (2, 0)


async def test_a_lease_that_was_prolonged_since_the_clock_is_right_is_kept(bench: Bench) -> None:
    bench.clock.forward(2 * DAY)
    await bench.order()
    lease = await bench.lease()
    bench.clock.forward(-2 * DAY)
    await bench.store.extend([(lease.job.id, lease.epoch)])
    assert await bench.store.bring_forward() == 1
    bench.clock.forward(1)
    assert await bench.store.claim("another", PLACES, 10) == []
    await bench.runner.advance(lease)
    assert isinstance((await bench.job(lease.job.id)).phase, Rendering)


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_a_clock_an_hour_off_costs_no_second_payment(bench: Bench, awake: Awake, jump: float) -> None:
    assert awake.slept == 0.0
    bench.provider.looks = [Waiting(progress=10), Ready()]
    job_id = await bench.order()
    await bench.step()
    bench.clock.forward(jump)
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert len(bench.provider.orders) == 1
    assert [delivered for delivered, _ in bench.publisher.delivered] == [job_id]


async def test_a_clock_that_jumps_during_a_step_fences_whoever_held_it(bench: Bench) -> None:
    job_id = await bench.order()
    await bench.step()
    bench.clock.forward(5)
    held = await bench.lease()
    bench.clock.forward(HOUR)
    taken_over = await bench.lease()
    assert taken_over.epoch > held.epoch
    await bench.runner.advance(taken_over)
    before = await bench.job(job_id)
    with pytest.raises(Exception, match="moved on"):
        await bench.runner.advance(held)
    assert await bench.job(job_id) == before
    assert len(bench.provider.orders) == 1
