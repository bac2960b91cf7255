"""A dying process had dozens of steps in progress: none is blamed before it was tried alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Lease
from bot.domain.phases import NeedsReview, Phase, Rendering, Saving
from bot.domain.ports.jobs import SUSPECTED_AT, ConcurrencyLimits, StepKind, StepRoom
from bot.jobs.runner import MOST_CRASHES
from bot.jobs.worker import Worker
from tests.builders import NOON, a_job
from tests.stores import JobStores
from tests.waiting import PATIENCE
from tests.workbench import Bench, a_bench

PLENTY = ConcurrencyLimits(total=1000)
ALONE = StepRoom(steps=dict.fromkeys(StepKind, 8), slow_orders=8, for_suspect=True)
ORDERS = StepRoom(steps={StepKind.ORDER: 8}, slow_orders=8)
LEASE = 61.0  # one second more than a lease


@dataclass
class Steps:
    """A runner that stores or fails each step, and counts those running at the same time."""

    store: JobStores
    fails: bool = False
    under_way: set[JobId] = field(default_factory=set)
    company: dict[JobId, int] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 1

    async def advance(self, lease: Lease) -> None:
        job = lease.job
        self.under_way.add(job.id)
        await asyncio.sleep(0)  # lets all steps of one claim begin
        self.company[job.id] = len(self.under_way)
        try:
            if self.fails:
                raise RuntimeError("a fault of ours")
            await self.store.move(lease, job, None)
        finally:
            self.under_way.remove(job.id)
            if len(self.company) == self.expected:
                self.ended.set()


@asynccontextmanager
async def working(bench: Bench, steps: Any, **more: Any) -> AsyncIterator[None]:
    worker = Worker(bench.store, steps, PLENTY, name="worker", lease_seconds=0.1, **more)
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task


async def under_way(
    bench: Bench, phase: type[Rendering | Saving], number: int, *, ids: str = "AAAAA", account: str = "openai"
) -> list[JobId]:
    """That many jobs in that phase, with their next step due."""
    ordered = [await bench.order(a_job(id=JobId(ids + "BCDEFGHJK"[nth]), account=account)) for nth in range(number)]
    for lease in await bench.store.claim("before", PLENTY, number, ORDERS):
        reached: Phase = phase(remote_id=f"video of {lease.job.id}", started_at=NOON)
        await bench.store.move(lease, lease.job.moved_to(reached), 0)
    return ordered


async def a_process_dies(bench: Bench) -> None:
    """While all due steps are in progress."""
    await bench.store.claim("a process that dies", PLENTY, 10)
    bench.clock.forward(LEASE)


async def test_what_was_under_way_in_three_deaths_is_tried_one_by_one_and_goes_on(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        suspects = await under_way(bench, Rendering, 3)
        for _ in range(SUSPECTED_AT):
            await a_process_dies(bench)
        steps = Steps(bench.store, expected=3)
        async with working(bench, steps), asyncio.timeout(PATIENCE):
            await steps.ended.wait()
        assert steps.company == dict.fromkeys(suspects, 1)
        assert not await bench.store.has_suspect()


async def test_two_deaths_make_no_suspect(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await under_way(bench, Rendering, 3)
        for _ in range(SUSPECTED_AT - 1):
            await a_process_dies(bench)
        steps = Steps(bench.store, expected=3)
        async with working(bench, steps), asyncio.timeout(PATIENCE):
            await steps.ended.wait()
        assert set(steps.company.values()) == {3}


async def test_only_the_job_that_ends_its_process_alone_is_set_aside(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        poison, *beside = await under_way(bench, Saving, 3)
        deaths = 0
        while not isinstance((await bench.job(poison)).phase, NeedsReview):
            alone = await bench.store.has_suspect()
            leases = await bench.store.claim("worker", PLENTY, 10, ALONE if alone else None)
            if alone:
                assert len(leases) == 1
            if any(lease.job.id == poison and lease.crashes < MOST_CRASHES for lease in leases):
                deaths += 1
                bench.clock.forward(LEASE)
                continue
            for lease in leases:
                await bench.runner.advance(lease)
        assert deaths == MOST_CRASHES
        assert not [each for each in beside if isinstance((await bench.job(each)).phase, NeedsReview)]


async def test_a_step_that_fails_is_counted_and_tried_again_when_a_lease_would_be_over(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        await under_way(bench, Saving, 1)
        steps = Steps(bench.store, fails=True)
        async with working(bench, steps), asyncio.timeout(PATIENCE):
            await steps.ended.wait()
        assert await bench.store.claim("worker", PLENTY, 10) == []
        bench.clock.forward(LEASE)
        assert (await bench.lease()).crashes == 1


async def test_a_step_that_fails_each_time_is_set_aside_and_never_had_to_be_alone(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        (job_id,) = await under_way(bench, Saving, 1)
        for _ in range(MOST_CRASHES):
            await bench.store.count_crash(await bench.lease())
            bench.clock.forward(LEASE)
            assert not await bench.store.has_suspect()
        await bench.step()
        assert isinstance((await bench.job(job_id)).phase, NeedsReview)


@dataclass
class SomeHang:
    """A runner in which all steps of one account hang until released."""

    store: JobStores
    hangs_at: str
    began: list[JobId] = field(default_factory=list)
    begins: asyncio.Condition = field(default_factory=asyncio.Condition)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def advance(self, lease: Lease) -> None:
        async with self.begins:
            self.began.append(lease.job.id)
            self.begins.notify_all()
        if lease.job.account == self.hangs_at:
            await self.let_go.wait()
        await self.store.move(lease, lease.job, None)

    async def until(self, *job_ids: JobId) -> None:
        async with self.begins:
            await self.begins.wait_for(lambda: {*job_ids} <= {*self.began})


class Warned(logging.Handler):
    """Whether the worker logged that a suspect waits."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "is tried alone" in record.getMessage():
            self.said.set()


@pytest.fixture
def warned() -> Iterator[Warned]:
    handler, log = Warned(), logging.getLogger("bot.jobs.worker")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


async def test_nobody_waits_for_a_suspect_that_waits_for_an_order_that_takes_as_long_as_its_render(
    tmp_path: Path, warned: Warned
) -> None:
    async with a_bench(tmp_path) as bench:
        (suspect,) = await under_way(bench, Rendering, 1)
        for _ in range(SUSPECTED_AT):
            await a_process_dies(bench)
        slow = await bench.order(a_job(id=JobId("AAAAAS"), account="slow"))
        steps = SomeHang(bench.store, hangs_at="slow")
        async with working(bench, steps, slow_accounts=lambda: {"slow"}), asyncio.timeout(PATIENCE):
            await steps.until(slow)
            await warned.said.wait()
            later = await bench.order(a_job(id=JobId("AAAAAT"), account="quick"))
            another = await bench.order(a_job(id=JobId("AAAAAV"), account="slow"))
            await steps.until(later)
            assert steps.began == [slow, later]
            steps.let_go.set()
            await steps.until(suspect, another)
        assert steps.began == [slow, later, suspect, another]


async def test_looks_go_on_while_a_suspect_waits_for_a_download(tmp_path: Path, warned: Warned) -> None:
    async with a_bench(tmp_path) as bench:
        (suspect,) = await under_way(bench, Saving, 1, account="slow")
        for _ in range(SUSPECTED_AT):
            await a_process_dies(bench)
        (download,) = await under_way(bench, Saving, 1, ids="AAAAB", account="slow")
        steps = SomeHang(bench.store, hangs_at="slow")
        async with working(bench, steps), asyncio.timeout(PATIENCE):
            await steps.until(download)
            await warned.said.wait()
            (look,) = await under_way(bench, Rendering, 1, ids="AAAAC")
            await steps.until(look)
            (other,) = await under_way(bench, Saving, 1, ids="AAAAD")
            (last,) = await under_way(bench, Rendering, 1, ids="AAAAE")
            await steps.until(last)
            assert steps.began == [download, look, last], "no other download is begun"
            steps.let_go.set()
            await steps.until(suspect, other)
        assert steps.began == [download, look, last, suspect, other]


async def test_what_another_process_tries_holds_up_nothing_here(tmp_path: Path, warned: Warned) -> None:
    async with a_bench(tmp_path) as bench:
        (suspect,) = await under_way(bench, Rendering, 1)
        for _ in range(SUSPECTED_AT):
            await a_process_dies(bench)
        hangs = await bench.order(a_job(id=JobId("AAAAAS"), account="slow"))
        steps = SomeHang(bench.store, hangs_at="slow")
        async with working(bench, steps), asyncio.timeout(PATIENCE):
            await steps.until(hangs)
            await warned.said.wait()
            (elsewhere,) = await bench.store.claim("another process", PLENTY, 1, ALONE)
            assert elsewhere.job.id == suspect
            later = await bench.order(a_job(id=JobId("AAAAAT"), account="quick"))
            await steps.until(later)
            steps.let_go.set()
