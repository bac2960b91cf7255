"""Slow steps don't hold up quick ones: each kind of step has its own bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Job, Lease
from bot.domain.phases import Rendering, Saving
from bot.domain.ports.jobs import ConcurrencyLimits, StepKind, kind_of
from bot.jobs.worker import MOST_SLOW_ORDERS, MOST_STEPS, Worker
from bot.providers.dialects import ProviderOnFirstUse
from bot.providers.openai.adapter import OpenAIVideos
from tests.builders import NOON, a_job, an_account
from tests.stores import JobStores
from tests.waiting import PATIENCE
from tests.workbench import a_bench

PLENTY = ConcurrencyLimits(total=1000)
MOST_DOWNLOADS = MOST_STEPS[StepKind.DOWNLOAD]


@dataclass
class HangingSteps:
    """A runner whose selected steps hang until released; all others end at once."""

    store: JobStores
    hangs: Callable[[Job], bool]
    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    hanging: set[JobId] = field(default_factory=set)
    most_hanging: int = 0
    ended: dict[JobId, StepKind] = field(default_factory=dict)

    async def advance(self, lease: Lease) -> None:
        job = lease.job
        if self.hangs(job):
            self.hanging.add(job.id)
            self.most_hanging = max(self.most_hanging, len(self.hanging))
            self.changed.set()
            await self.may_end.wait()
            self.hanging.remove(job.id)
        await self.store.move(lease, job, None)
        self.ended[job.id] = kind_of(job)
        self.changed.set()

    async def until(self, number: int, what: Collection[Any]) -> None:
        """Wait until there are this many."""
        async with asyncio.timeout(PATIENCE):
            while len(what) < number:
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def working(store: JobStores, steps: Any, slow: frozenset[str] = frozenset()) -> AsyncIterator[Worker]:
    worker = Worker(store, steps, PLENTY, name="worker", lease_seconds=60, slow_accounts=lambda: slow)
    task = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        steps.may_end.set()
        worker.stop()
        await task


async def sent(store: JobStores, number: int, phase: type[Rendering | Saving], after: float) -> list[JobId]:
    """That many jobs in that phase, due after that many seconds."""
    for _ in range(number):
        await store.add(a_job())
    leases = await store.claim("before", PLENTY, number)
    for lease in leases:
        reached = phase(remote_id=f"video of {lease.job.id}", started_at=NOON)
        await store.move(lease, lease.job.moved_to(reached), after)
    return [lease.job.id for lease in leases]


def is_download(job: Job) -> bool:
    return isinstance(job.phase, Saving)


async def test_sixteen_slow_downloads_hold_up_neither_a_look_nor_a_new_order(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        (look,) = await sent(bench.store, 1, Rendering, after=3600)
        saving = await sent(bench.store, 16, Saving, after=0)
        steps = HangingSteps(bench.store, is_download)
        async with working(bench.store, steps) as worker:
            await steps.until(MOST_DOWNLOADS, steps.hanging)
            await bench.store.nudge(look)
            order = await bench.order()
            worker.wake()
            await steps.until(2, steps.ended)
            assert steps.ended == {look: StepKind.LOOK, order: StepKind.ORDER}
            steps.may_end.set()
            await steps.until(18, steps.ended)
        assert steps.ended.keys() >= set(saving)
        assert steps.most_hanging == MOST_DOWNLOADS


async def test_a_download_that_waits_holds_no_lease(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await sent(bench.store, 16, Saving, after=0)
        steps = HangingSteps(bench.store, is_download)
        async with working(bench.store, steps):
            await steps.until(MOST_DOWNLOADS, steps.hanging)
            elsewhere = await bench.store.claim("another process", PLENTY, 16)
            assert len(elsewhere) == 16 - MOST_DOWNLOADS
            assert steps.hanging.isdisjoint(lease.job.id for lease in elsewhere)


async def test_orders_that_are_answered_with_the_video_leave_room_for_others(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        for _ in range(MOST_SLOW_ORDERS + 4):
            await bench.order(a_job(account="slow", owner_id=1))
        steps = HangingSteps(bench.store, lambda job: job.account == "slow")
        async with working(bench.store, steps, frozenset({"slow"})) as worker:
            await steps.until(MOST_SLOW_ORDERS, steps.hanging)
            quick = await bench.order(a_job(account="quick", owner_id=1))
            worker.wake()
            await steps.until(1, steps.ended)
            assert steps.ended == {quick: StepKind.ORDER}
            steps.may_end.set()
            await steps.until(MOST_SLOW_ORDERS + 5, steps.ended)
        assert steps.most_hanging == MOST_SLOW_ORDERS


@pytest.mark.parametrize(
    ("server", "may_block"), [("openai", False), ("fastvideo", False), ("dynamo", True), ("auto", True)]
)
def test_a_server_that_nobody_has_met_yet_counts_as_slow(server: str, *, may_block: bool) -> None:
    provider = OpenAIVideos(an_account(server=server))
    assert provider.may_block is may_block


def test_a_dialect_that_is_not_loaded_yet_counts_as_slow() -> None:
    assert ProviderOnFirstUse(an_account(server="openai")).may_block
