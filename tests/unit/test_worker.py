"""Claimed jobs are processed or handed back, whatever the database does next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.ids import JobId
from bot.domain.phases import Rendering
from bot.domain.ports.jobs import StepKind
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.worker import Worker
from tests.stores import JobStores
from tests.waiting import PATIENCE
from tests.workbench import PLACES, Bench, a_bench


def a_worker(bench: Bench, store: Any, lease_seconds: float = 60) -> Worker:
    context = bench.context
    return Worker(
        store,
        bench.runner,
        PLACES,
        name="worker",
        lease_seconds=lease_seconds,
        handed_back=context.handed_back,
        counters=context.counters,
    )


@dataclass(frozen=True)
class Hiccups:
    """The store, whose first reads after a claim fail."""

    store: JobStores
    fails: Callable[[], bool]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    async def next_due(self, kinds: Collection[StepKind] | None = None) -> float | None:
        if self.fails():
            raise OperationalError("SELECT", {}, Exception("the server went away"))
        return await self.store.next_due(kinds)


async def test_a_read_that_fails_after_a_claim_loses_no_lease(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        troubles = iter([True])
        worker = a_worker(bench, Hiccups(bench.store, lambda: next(troubles, False)))
        job_id = await bench.order()
        taken = asyncio.Event()
        bench.context.events.listen(lambda job: taken.set() if isinstance(job.phase, Rendering) else None)
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            await taken.wait()
        worker.stop()
        await working
        assert isinstance((await bench.job(job_id)).phase, Rendering)
        assert bench.context.counters.rescues == 0


async def test_a_worker_that_is_cancelled_while_it_claims_hands_back_what_it_got(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        claiming, go_on = asyncio.Event(), asyncio.Event()

        class Slow(Hiccups):
            async def claim(self, *claim: Any) -> Any:
                leases = await self.store.claim(*claim)
                claiming.set()
                await go_on.wait()
                return leases

        worker = a_worker(bench, Slow(bench.store, lambda: False))
        await bench.order()
        working = asyncio.create_task(worker.run())
        await claiming.wait()
        working.cancel()
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await working
        (lease,) = await bench.store.claim("another", PLACES, 10)
        assert lease.crashes == 0


async def test_a_step_that_goes_on_without_its_lease_has_lost_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_bench(tmp_path) as bench:
        proving, renewed = asyncio.Event(), asyncio.Event()
        asked: list[int] = []

        class Watched(Hiccups):
            async def extend(self, leases: Collection[tuple[JobId, int]]) -> Any:
                asked.extend(epoch for _, epoch in leases if proving.is_set())
                return await self.store.extend(leases)

            async def bring_forward(self) -> int:  # called after the leases were extended
                if proving.is_set():
                    renewed.set()
                return 0

        async def note_success(_self: Circuit, _account: str, *, paid: bool = False) -> bool:
            if paid:
                proving.set()
                await renewed.wait()
            return False

        monkeypatch.setattr(Circuit, "note_success", note_success)
        worker = a_worker(bench, Watched(bench.store, lambda: False), lease_seconds=0.2)
        await bench.order()
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(PATIENCE):
            await renewed.wait()
        worker.stop()
        await working
        assert 1 not in asked
        assert bench.context.counters.fenced_writes == 0
