"""What a service's list would show of an order whose video is not known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.usd import FREE
from bot.domain.own_name import own_name, seed_of
from bot.domain.phases import Queued, Unknown
from bot.domain.ports.provider_orders import LostOrder
from bot.domain.recovery.first_try import FirstTry, Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod, VideoOptions
from bot.jobs.reconcile.matching import (
    SETTLE,
    SKEW,
    Expected,
    MatchConfidence,
    expectations,
    is_unsent,
    lost_ones,
    sent_ones,
    unclaimed,
)
from bot.jobs.timing.suspend import SuspendDetector
from tests.builders import NOON, a_catalogue, a_done_job, a_job, a_request
from tests.workbench import Bench, a_bench, a_listed

MOMENT, HOUR = timedelta(microseconds=1), timedelta(hours=1)
ANSWERED = NOON + timedelta(seconds=2)
AGAIN = NOON + timedelta(minutes=2)  # when it was sent once more
FIRST = FirstTry(sent_at=NOON, answered_at=ANSWERED)
DUE, OVER = FIRST.at_stage(Stage.DUE), FIRST.at_stage(Stage.OVER)
JOB = JobId("AAAAAA")
NO, MAYBE, _, SURE = MatchConfidence


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def expected(bench: Bench, job: Job, suspend_detector: SuspendDetector | None = None) -> Expected:
    job_id = await bench.order(job)
    context = bench.context
    found = await expectations(context.provider_orders, context.catalogue, job.account, suspend_detector)
    return next(each for each in found if each.job.id == job_id)


def sent(**changes: Any) -> Job:
    """An order whose answer was lost."""
    job_id: JobId = changes.pop("id", JOB)
    return a_job(Unknown(sent_at=changes.pop("sent_at", NOON), fingerprint=job_id), id=job_id, **changes)


def seed(sent_at: Any = NOON) -> int:
    return seed_of(own_name(JOB, sent_at))


async def test_what_a_service_answered_with_an_error_was_made_by_then_or_nobody_is_sure(bench: Bench) -> None:
    mine = await expected(bench, a_job(Queued(), id=JOB, first_try=DUE))
    made = [ANSWERED + SKEW, ANSWERED + SKEW + MOMENT, NOON + 10 * HOUR]  # it may have been sent once more already
    assert [mine.fit(a_listed("r", at=at, seed=7)) for at in made] == [SURE, MAYBE, MAYBE]


async def test_an_order_that_is_to_be_sent_once_more_was_sent(bench: Bench) -> None:
    again, new = await expected(bench, a_job(Queued(), first_try=DUE)), await expected(bench, a_job(Queued()))
    assert (is_unsent(again.job), is_unsent(new.job)) == (False, True)
    assert sent_ones([again, new]) == [again]


async def test_of_an_order_that_was_sent_twice_either_seed_is_its_own(bench: Bench) -> None:
    mine = await expected(bench, sent(sent_at=AGAIN, first_try=OVER))
    seeds = {NOON: seed(NOON), AGAIN: seed(AGAIN)}
    late = NOON + 9 * HOUR
    assert [mine.fit(a_listed("r", at=late, seed=each)) for each in (*seeds.values(), 7)] == [SURE, SURE, NO]
    assert [mine.made_of(a_listed("r", at=late, seed=each)) for each in seeds.values()] == [NOON, AGAIN]


async def test_without_a_seed_its_time_says_of_which_request_a_video_was_made(bench: Bench) -> None:
    mine = await expected(bench, sent(sent_at=AGAIN, first_try=OVER))
    assert mine.made_of(a_listed("r", at=AGAIN - SKEW)) == AGAIN
    assert mine.made_of(a_listed("r", at=AGAIN - SKEW - MOMENT)) == NOON
    once = await expected(bench, sent(id=JobId("BBBBBB")))
    assert once.made_of(a_listed("r")) == NOON


async def test_a_seed_that_people_chose_is_nobodys_own(bench: Bench) -> None:
    mine = await expected(bench, sent(request=a_request(options=VideoOptions(seed=7))))
    assert mine.fit(a_listed("r", seed=7)) is SURE
    assert mine.fit(a_listed("r", seed=8)) is NO
    assert mine.fit(a_listed("r", seed=7, at=NOON + 9 * HOUR)) is NO


async def test_a_machine_that_slept_may_have_sent_it_when_it_woke(bench: Bench) -> None:
    seconds = iter([0.0, 1.0])
    detector = SuspendDetector(lambda: next(seconds))
    woke = NOON + 5 * HOUR
    for moment in (NOON, woke):
        detector.note(moment)
    mine = await expected(bench, sent(), detector)
    assert mine.fit(a_listed("r", at=woke + SETTLE)) is SURE


@pytest.mark.parametrize(
    ("method", "source"), [(RemixMethod.NATIVE, "video_1"), (RemixMethod.FRAME, None), (None, "video_1")]
)
async def test_only_what_is_made_by_its_id_is_made_from_a_video(
    bench: Bench, method: RemixMethod | None, source: str | None
) -> None:
    original = await bench.store.add(a_done_job())
    phase = Queued() if method is None else Unknown(sent_at=NOON, fingerprint="f", method=method)
    mine = await expected(bench, a_job(phase, request=a_request(source=original.id)))
    assert mine.source_id == source


def lost(first: FirstTry | None = None) -> Expected:
    """A request at NOON in whose place a manager had another sent."""
    replaced = ReplacedOrder(account="openai", sent_at=NOON, quote=FREE)
    job = sent(sent_at=NOON + HOUR, first_try=first, replaced=(replaced,))
    (found,) = lost_ones(a_catalogue(), [LostOrder(job=job, source=None, replaced=replaced)], SuspendDetector())
    return found


def test_a_replaced_request_is_known_by_its_own_time_and_seed() -> None:
    other = replace(OVER, sent_at=NOON - HOUR, answered_at=NOON - HOUR)
    assert [lost().fit(a_listed("r", at=at)) for at in (NOON - SKEW, NOON + SETTLE + SKEW)] == [SURE, SURE]
    assert [lost(other).fit(a_listed("r", at=at)) for at in (NOON - SKEW, NOON - SKEW - MOMENT)] == [SURE, MAYBE]
    assert [lost(other).fit(a_listed("r", seed=each)) for each in (seed(NOON), seed(NOON - HOUR))] == [SURE, NO]


def test_a_replaced_request_that_was_answered_with_an_error_was_made_by_then() -> None:
    made = (ANSWERED + SKEW, ANSWERED + SKEW + MOMENT)
    assert [lost(OVER).fit(a_listed("r", at=at)) for at in made] == [SURE, MAYBE]


@pytest.mark.parametrize("missing", ["seconds", "size", "model", "prompt"])
async def test_what_a_list_leaves_out_makes_nothing_exact(bench: Bench, missing: str) -> None:
    mine = await expected(bench, a_job())
    assert mine.is_exactly(a_listed("r"))
    assert not mine.is_exactly(a_listed("r", **{missing: None}))
    assert replace(mine, model=None).is_exactly(a_listed("r", model=None))


async def test_the_oldest_video_that_is_nobodys_comes_first(bench: Bench) -> None:
    await bench.run(await bench.order())
    listed = [a_listed("video_3", at=NOON + HOUR), a_listed("video_2"), a_listed("video_1")]
    found = await unclaimed(bench.context.provider_orders, "openai", listed)
    assert [each.remote_id for each in found] == ["video_2", "video_3"]
