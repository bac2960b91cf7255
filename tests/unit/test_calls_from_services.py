"""What a service's call about an order does while the job moves, and when it is repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.data_classes import wired
from bot.domain.errors import MovedOn
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Phase, Queued, Rendering, Submitting, Unknown
from bot.domain.ports.webhooks import WebhookEvent
from bot.domain.recovery.first_try import FirstTry, Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.webhooks import PAUSE, TRIES, WebhookCall, WebhookIntake, WebhookResult
from tests.builders import GUILD, NOON, a_done_job, a_job
from tests.stores import JobStores
from tests.workbench import Bench, a_bench

A, B = JobId("AAAAAA"), JobId("BBBBBB")
FIRST = ReplacedOrder(account="openai", sent_at=NOON, quote=Usd.of("0.40"))  # another was sent in its place
SECOND = replace(FIRST, sent_at=NOON + timedelta(minutes=1), quote=Usd.of("0.20"))
METHOD = RemixMethod.EDIT
RENDERS = Rendering(remote_id="video_1", started_at=NOON)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def lost(bench: Bench) -> JobId:
    """An order whose answer was lost; the call comes a minute later."""
    job_id = await bench.order(a_job(Unknown(sent_at=NOON, fingerprint="f")))
    bench.clock.forward(60)
    return job_id


async def called(
    intake: WebhookIntake,
    job_id: JobId,
    remote_id: str = "video_1",
    *,
    account: str = "openai",
    sent_at: datetime | None = None,
    is_done: bool = True,
) -> WebhookResult:
    """`sent_at`: of the request that it says it is about."""
    event, second = (
        WebhookEvent(remote_id=remote_id, is_done=is_done),
        None if sent_at is None else int(sent_at.timestamp()),
    )
    return await intake.take(WebhookCall(account=account, job_id=job_id, event=event, second=second))


@wired
class Contested(JobStores):
    """A worker moves the job just before each of the first decisions."""

    times: list[None]

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        if self.times:
            self.times.pop()
            raise MovedOn
        return await super().decide(seen, job, after)


@pytest.mark.parametrize(
    ("times", "result", "phase"),
    [
        (TRIES - 1, WebhookResult.ADOPTED, RENDERS),
        (TRIES, WebhookResult.TOO_EARLY, Unknown(sent_at=NOON, fingerprint="f")),
    ],
)
async def test_a_call_that_meets_a_worker_is_tried_again_and_then_asked_for_again(
    bench: Bench, times: int, result: WebhookResult, phase: Phase
) -> None:
    job_id, store = await lost(bench), bench.store
    queue = Contested(database=store.database, clock=bench.clock, budget=store.budget, times=[None] * times)
    bench.context = replace(bench.context, queue=queue)
    assert await called(bench.intake, job_id) is result
    assert (await bench.job(job_id)).phase == phase


async def test_calls_that_are_repeated_bring_a_look_forward_once_in_a_while(bench: Bench) -> None:
    intake, told = bench.intake, list[Job]()
    await bench.order()
    lease = await bench.lease()
    job = (await bench.store.move(lease, lease.job.moved_to(RENDERS), 3600.0)).job
    bench.context.events.listen(told.append)
    results = []
    for seconds in (0, 1, PAUSE.total_seconds()):
        bench.clock.forward(seconds)
        results.append(await called(intake, job.id))
    assert results == [WebhookResult.NUDGED, WebhookResult.NOTHING, WebhookResult.NUDGED]
    assert (told, await bench.store.next_due()) == ([job, job], 0.0)


async def test_calls_about_one_render_keep_none_from_another(bench: Bench) -> None:
    intake = bench.intake
    first = await bench.order(a_job(RENDERS))
    second = await bench.order(a_job(replace(RENDERS, remote_id="video_2")))
    bench.clock.forward(timedelta(minutes=1).total_seconds())
    assert [await called(intake, first), await called(intake, second, "video_2")] == [WebhookResult.NUDGED] * 2


async def test_a_call_about_one_job_that_was_sent_twice_is_not_taken_for_another(bench: Bench) -> None:
    for job_id, remote_id in ((A, "video_1"), (B, "video_2")):
        done = a_done_job(id=job_id, replaced=(FIRST,))
        assert isinstance(done.phase, Done)
        await bench.store.add(replace(done, phase=replace(done.phase, remote_id=remote_id)))
    assert await called(bench.intake, B, "video_3") is WebhookResult.ADOPTED
    assert {each.doubles for each in await bench.store.latest(GUILD, None, 10)} == {None, B}


@pytest.mark.parametrize("told", [FIRST, SECOND])
async def test_a_call_that_says_which_of_several_requests_it_is_about_is_taken_at_its_word(
    bench: Bench, told: ReplacedOrder
) -> None:
    job = await bench.store.add(a_done_job(replaced=(FIRST, SECOND)))
    assert await called(bench.intake, job.id, "video_3", sent_at=told.sent_at) is WebhookResult.ADOPTED
    (double,) = [each for each in await bench.store.latest(GUILD, None, 10) if each.doubles == job.id]
    assert (double.created_at, double.quote) == (told.sent_at, told.quote)


async def test_a_call_that_does_not_say_is_about_the_latest_request(bench: Bench) -> None:
    job_id = await bench.order(a_job(replaced=(FIRST, SECOND)))
    assert await called(bench.intake, job_id) is WebhookResult.ADOPTED
    job = await bench.job(job_id)
    assert (job.quote, job.replaced) == (SECOND.quote, (FIRST,))


async def test_a_call_of_an_account_where_nothing_was_sent_changes_nothing(bench: Bench) -> None:
    job_id = await bench.order(a_job(account="gpu1", replaced=(FIRST,)))
    assert await called(bench.intake, job_id, account="gpu2") is WebhookResult.NOTHING
    assert (await bench.job(job_id)).phase == Queued()


async def test_a_call_about_an_order_that_is_being_sent_is_to_come_again(bench: Bench) -> None:
    sending = Submitting(sent_at=NOON, fingerprint="f")
    job_id = await bench.order(a_job(sending))
    assert await called(bench.intake, job_id) is WebhookResult.TOO_EARLY
    assert (await bench.job(job_id)).phase == sending


@pytest.mark.parametrize("first", [None, FirstTry(sent_at=NOON, answered_at=NOON, method=METHOD, stage=Stage.DUE)])
async def test_a_waiting_order_of_an_old_backup_is_not_sent_when_its_service_says_that_it_is_done(
    bench: Bench, first: FirstTry | None
) -> None:
    job_id = await bench.order(a_job(first_try=first))
    bench.clock.forward(60)
    assert await called(bench.intake, job_id, is_done=False) is WebhookResult.NOTHING
    assert (await bench.job(job_id)).phase == Queued()
    assert await called(bench.intake, job_id) is WebhookResult.ADOPTED
    now, method = NOON + timedelta(minutes=1), None if first is None else METHOD
    assert (await bench.job(job_id)).phase == Rendering(remote_id="video_1", started_at=now, method=method)
    assert await bench.store.next_due() == 0.0


async def test_a_video_that_is_nobodys_is_said_once_however_many_others_are_called_about(bench: Bench) -> None:
    job_id = (await bench.store.add(a_done_job())).id
    for remote_id, said in (("video_8", 1), ("video_9", 2), ("video_8", 2)):
        assert await called(bench.intake, job_id, remote_id) is WebhookResult.NOTHING
        assert bench.context.counters.unattributed_videos == said
        bench.clock.forward(timedelta(days=2).total_seconds())
