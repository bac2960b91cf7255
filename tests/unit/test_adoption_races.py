"""Of two processes that find the same video, the first to store its id has it; the other's order goes on waiting."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Lease
from bot.domain.phases import NeedsReview, Phase, Queued, Rendering, Unknown
from bot.domain.ports.provider import Waiting
from bot.domain.ports.provider_orders import ProviderOrders
from bot.jobs.context import StepContext
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.runner import Runner
from bot.jobs.steps.recover import LATER_PAUSE, ONCE_MORE, PAUSES
from bot.jobs.steps.sending.answered import FIRST_SEARCH
from tests.builders import NOON, a_job, a_request
from tests.unit.test_sent_once_more import due
from tests.unit.test_sweep import aside, lost
from tests.workbench import PLACES, Bench, a_bench, a_listed

OTHER = JobId("AAAAAA")


@wired
class ReadBefore:
    """Our orders as they were read before the other process stored the video."""

    orders: ProviderOrders

    async def known(self, _provider: str, _remote_ids: Iterable[str]) -> frozenset[str]:
        return frozenset()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.orders, name)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.provider.shows_at_once = True
        opened.provider.submits = ["video_9"]
        await opened.order(a_job(id=OTHER, request=a_request(prompt="a cat")))
        opened.provider.looks = [Waiting()]
        await opened.step()
        yield opened


def slower(bench: Bench) -> StepContext:
    return replace(bench.context, provider_orders=cast(ProviderOrders, ReadBefore(orders=bench.store)))


async def claimed(bench: Bench, job_id: JobId) -> Lease | None:
    leases = await bench.store.claim("worker", PLACES, 10)
    return next((lease for lease in leases if lease.job.id == job_id), None)


async def steps_too_late(bench: Bench, job_id: JobId) -> Phase:
    """The job's next phase, after a step that doesn't know yet whose the video is."""
    lease = await claimed(bench, job_id)
    assert lease is not None
    await Runner(slower(bench)).advance(lease)
    return (await bench.job(job_id)).phase


async def is_due_after(bench: Bench, job_id: JobId, seconds: float) -> bool:
    bench.clock.forward(seconds - 0.1)
    too_early = await claimed(bench, job_id)
    bench.clock.forward(0.1)
    return too_early is None and await claimed(bench, job_id) is not None


async def test_a_lost_order_is_looked_for_again(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [[a_listed("video_9", at=bench.clock.now())]]
    bench.clock.forward(FIRST_SEARCH)
    phase = await steps_too_late(bench, job_id)
    assert isinstance(phase, Unknown)
    assert (phase.looks, phase.absent) == (1, 0)
    assert await is_due_after(bench, job_id, PAUSES[0])


async def test_an_order_that_was_to_be_sent_once_more_is_not_sent_yet(bench: Bench) -> None:
    job = await due(bench, lists=[(), (), (), [a_listed("video_9")]])
    sent = len(bench.provider.orders)
    assert await steps_too_late(bench, job.id) == Queued(waits_for=ONCE_MORE)
    assert len(bench.provider.orders) == sent
    assert await is_due_after(bench, job.id, LATER_PAUSE)


async def test_the_sweep_leaves_the_order_to_a_person_and_goes_on(bench: Bench) -> None:
    job_id = await aside(bench)
    before = (await bench.job(job_id)).phase
    bench.provider.lists = [[a_listed("video_9"), a_listed("video_8", at=NOON + timedelta(seconds=1))]]
    await Reconciler(context=slower(bench), records=bench.records).sweep(bench.provider, starting=False)
    assert isinstance(before, NeedsReview)
    assert (await bench.job(OTHER)).phase == Rendering(remote_id="video_9", started_at=NOON)
    assert (await bench.job(job_id)).phase == Rendering(remote_id="video_8", started_at=NOON + timedelta(seconds=1))
