"""Right before an order is sent once more, its service is asked a last time; if that fails, it waits unsent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain.errors import AccountTrouble, Unavailable
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.phases import NeedsReview, Queued, Rendering
from bot.domain.ports.provider import Listed
from bot.domain.recovery.first_try import WITHIN, FirstTry, Stage
from bot.domain.video import RemixMethod
from bot.jobs.providers.throttle import Request
from bot.jobs.steps.recover import AMBIGUOUS, LATER_PAUSE, ONCE_MORE, UNDECIDED
from tests.builders import NOON, a_job
from tests.unit.test_sent_once_more import due
from tests.workbench import Bench, a_bench, a_listed


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.provider.shows_at_once = True
        yield opened


async def is_unsent(bench: Bench, job: Job) -> bool:
    return (await bench.job(job.id)).phase == Queued(waits_for=ONCE_MORE) and len(bench.provider.orders) == 1


def free_requests_wait(bench: Bench) -> float:
    return bench.context.throttle.seconds_left("openai", Request.FREE, bench.clock.now())


async def test_a_service_that_wants_to_be_left_alone_is_not_asked_and_the_order_waits_as_long(bench: Bench) -> None:
    job = await due(bench, "video_2", lists=[(), (), (), ()])
    bench.context.throttle.hold("openai", Request.FREE, 30.0, bench.clock.now())
    await bench.step()
    assert await is_unsent(bench, job)
    assert await bench.store.next_due() == 30.0
    assert bench.provider.lists == [()]
    await bench.step(forward=30)
    assert isinstance((await bench.job(job.id)).phase, Rendering)
    assert bench.provider.lists == []


async def test_a_service_that_cannot_be_asked_now_is_left_alone_and_asked_again_in_a_minute(bench: Bench) -> None:
    job = await due(bench, "video_2", lists=[(), (), (), Unavailable("busy", 45.0), ()])
    await bench.step()
    assert await is_unsent(bench, job)
    assert (await bench.store.next_due(), free_requests_wait(bench)) == (LATER_PAUSE, 45.0)
    await bench.step(forward=LATER_PAUSE)
    assert isinstance((await bench.job(job.id)).phase, Rendering)


async def test_a_service_that_refuses_the_key_pauses_its_account_and_the_order_waits_as_long(bench: Bench) -> None:
    job = await due(bench, "video_2", lists=[(), (), (), AccountTrouble("no"), ()])
    await bench.step()
    assert await is_unsent(bench, job)
    wait = await bench.context.circuit.until_trial("openai")
    assert wait is not None
    assert await bench.store.next_due() == wait > 0
    await bench.step(forward=wait)
    assert isinstance((await bench.job(job.id)).phase, Rendering)


@pytest.mark.parametrize(
    ("seen", "shows_at_once", "why"),
    [
        (None, True, UNDECIDED),
        ((), False, UNDECIDED),
        ((a_listed("video_9", model="other"),), True, AMBIGUOUS),
    ],
)
async def test_without_certainty_it_waits_up_to_a_quarter_of_an_hour_for_a_person(
    bench: Bench, seen: Sequence[Listed] | None, shows_at_once: bool, why: Message
) -> None:
    job = await due(bench, "video_2", lists=[(), (), (), seen, seen])
    bench.provider.shows_at_once = shows_at_once
    bench.clock.forward(WITHIN.total_seconds() - 0.1)
    await bench.step()
    assert await is_unsent(bench, job)
    assert await bench.store.next_due() == LATER_PAUSE
    await bench.step(forward=LATER_PAUSE)
    phase = (await bench.job(job.id)).phase
    assert isinstance(phase, NeedsReview)
    assert (phase.reason, phase.sent_at, phase.nobody_knows) == (why, NOON, True)
    assert len(bench.provider.orders) == 1


async def test_what_was_made_the_first_time_is_adopted_as_made_by_the_method_of_then(bench: Bench) -> None:
    edit, looks = RemixMethod.EDIT, (NOON, NOON, NOON)
    first = FirstTry(sent_at=NOON, answered_at=NOON, method=edit, absent_at=looks, stage=Stage.DUE)
    job_id = await bench.order(a_job(first_try=first))
    bench.clock.forward(600)
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.step()
    assert (await bench.job(job_id)).phase == Rendering(remote_id="video_9", started_at=NOON, method=edit)
    assert await bench.store.next_due() == bench.context.poll_schedule.first()
    assert bench.provider.orders == []
