"""Searching for what became of lost orders goes on whatever else happens meanwhile, and forgets none of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, Gone, MovedOn, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Done, NeedsReview, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Ready, Waiting
from bot.domain.ports.provider_orders import OpenOrder, ProviderOrders
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.matching import MatchConfidence, expectations
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.reconcile.webhooks import WebhookResult
from bot.jobs.runner import Runner
from tests.builders import NOON, a_catalogue, a_done_job, a_job, a_request
from tests.stores import JobStores
from tests.unit.test_doubled_orders import FIRST, MANAGER, call, double_of, paid_again, sent_again, sweep
from tests.unit.test_sweep import aside, lost
from tests.workbench import Bench, a_bench, a_listed


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def test_a_lookup_that_is_refused_pauses_the_account(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [AccountTrouble("no")]
    await bench.step(forward=5)
    assert await bench.context.circuit.until_trial("openai") is not None
    assert isinstance((await bench.job(job_id)).phase, Unknown)


async def test_a_job_whose_account_was_removed_goes_before_a_person_at_once(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.clock.forward(5)
    await Runner(replace(bench.context, providers={})).advance(await bench.lease())
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, NeedsReview)
    assert (phase.sent_at, phase.nobody_knows) == (NOON, True)


async def test_videos_that_may_be_of_an_order_being_sent_are_not_called_nobodys(bench: Bench) -> None:
    await bench.order(a_job(Submitting(sent_at=NOON, fingerprint="f")))
    await sweep(bench, a_listed("video_8"), a_listed("video_9"))
    assert bench.context.counters.unattributed_videos == 0


@wired
class Overtaken(JobStores):
    """A worker moves the first of the jobs just before it is decided about."""

    overtaken: list[JobId]

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        if seen.id in self.overtaken:
            raise MovedOn
        return await super().decide(seen, job, after)


async def test_a_job_that_moves_meanwhile_does_not_stop_the_sweep(bench: Bench) -> None:
    first = await aside(bench, a_job(id=JobId("AAAAAA")))
    second = await aside(bench, a_job(id=JobId("BBBBBB"), request=a_request(prompt="a cat")))
    queue = Overtaken(database=bench.store.database, clock=bench.clock, budget=bench.store.budget, overtaken=[first])
    reconciler = Reconciler(context=replace(bench.context, queue=queue), records=bench.records)
    now = bench.clock.now()
    bench.provider.lists = [[a_listed("video_8"), a_listed("video_9", prompt="a cat", at=now)]]
    await reconciler.sweep(bench.provider, starting=False)
    assert isinstance((await bench.job(first)).phase, NeedsReview)
    assert isinstance((await bench.job(second)).phase, Rendering)


async def test_a_replaced_request_whose_render_could_not_be_polled_is_still_looked_for_in_the_list(
    bench: Bench,
) -> None:
    job_id = await bench.order()
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Gone("404")]
    await bench.review.pay_again(MANAGER, await bench.run(job_id))
    bench.provider.looks = [Ready()]
    job = await bench.run(job_id)
    assert isinstance(job.phase, Done)
    bench.provider.looks = [Unavailable("500"), Ready()]
    await sweep(bench, FIRST)
    assert await double_of(bench, job) is not None


async def test_a_first_video_that_is_still_being_made_keeps_the_second_order_from_being_sent(bench: Bench) -> None:
    job = await sent_again(bench)
    bench.provider.looks = [Waiting()]
    await sweep(bench, FIRST)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_1", started_at=FIRST.created_at)
    assert await bench.store.next_due() == 0.0
    await bench.step()
    assert len(bench.provider.orders) == 1


async def test_a_call_about_a_second_video_that_is_gone_is_not_taken_for_one(bench: Bench) -> None:
    job = await paid_again(bench)
    bench.provider.looks = [Gone("404")]
    assert await call(bench, job, "video_9") is WebhookResult.TOO_EARLY
    assert await double_of(bench, job) is None


class OneOpen:
    """One order whose video is not known."""

    def __init__(self, order: OpenOrder) -> None:
        self.order = order

    async def without_video(self, _provider: str) -> Sequence[OpenOrder]:
        return [self.order]


@pytest.mark.parametrize("source", [None, a_done_job(deleted=True), a_done_job()])
async def test_what_extends_a_video_that_is_gone_is_known_by_the_length_of_its_new_part(source: Job | None) -> None:
    phase = Unknown(sent_at=NOON, fingerprint="f", method=RemixMethod.EXTEND)
    extending = a_job(phase, request=a_request(source=JobId("GGGGGG")))
    ours = cast(ProviderOrders, OneOpen(OpenOrder(job=extending, source=source)))
    (order,) = await expectations(ours, a_catalogue(), "openai")
    prompt = next(iter(order.prompts))
    assert order.fit(a_listed("video_9", prompt=prompt, seconds="4")) is MatchConfidence.SURE
    is_known = source is not None and not source.deleted
    assert (order.whole is not None) is is_known
