"""Whether looks come when they are due while many renders are under way: `python -m bench.looks [renders] [seconds]`.

The worker with its database and files, in this process; the service answers at once that a render is not done. Every
render is looked at each twenty seconds. With `profile` as a third word it is said where the time goes.
"""

from __future__ import annotations

import asyncio
import cProfile
import pstats
import random
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from bench.measuring import machine, quantile
from bot.clock import SystemClock
from bot.domain.job import Job, Lease
from bot.domain.money.usd import Usd
from bot.domain.phases import Rendering
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Look, Waiting
from bot.jobs.context import StepContext
from bot.jobs.runner import Runner
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.worker import Worker
from storage.db.database import Database
from storage.files.local import LocalFiles
from tests.builders import a_job
from tests.migrated import a_migrated_database
from tests.scripted import RecordingPublisher, ScriptedProvider
from tests.stores import JobStores
from tests.workbench import a_step_context

EVERY = 20.0  # seconds between two looks at one
FIRST = 3.0  # seconds that are not counted: all are due within twenty from the start
ON_TIME = 1.0  # seconds
BUDGET = Usd.of(1_000_000)


class Service(ScriptedProvider):
    """Makes videos for ever."""

    async def look(self, remote_id: str) -> Look:
        del remote_id
        return Waiting()


class LateRunner(Runner):
    """Notes by how much each look comes late."""

    def __init__(self, context: StepContext) -> None:
        super().__init__(context)
        self.late: list[float] = []
        self._due: dict[str, float] = {}

    async def advance(self, lease: Lease) -> None:
        now = time.monotonic()
        if lease.job.id in self._due:
            self.late.append(max(0.0, now - self._due[lease.job.id]))
        await super().advance(lease)
        self._due[lease.job.id] = now + EVERY


async def main(renders: int = 1000, seconds: int = 60, *, profile: bool = False) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = await Database.open(await a_migrated_database(folder / "kinora.db"))
        try:
            await _measure(database, folder, renders, seconds, profile=profile)
        finally:
            await database.close()


async def _measure(database: Database, folder: Path, renders: int, seconds: int, *, profile: bool) -> None:
    clock, publisher = SystemClock(), RecordingPublisher()
    store = JobStores(database=database, clock=clock, budget=BUDGET)
    context = a_step_context(
        database,
        store=store,
        clock=clock,
        provider=Service(),
        publisher=publisher,
        files=LocalFiles(folder / "files"),
        poll_schedule=PollSchedule(least=EVERY, most=EVERY),
    )
    await _fill(store, clock, renders)
    runner = LateRunner(context)
    limits = ConcurrencyLimits(total=renders)
    worker = Worker(store, runner, limits, name="bench", lease_seconds=60.0, handed_back=context.handed_back)
    context.events.listen(worker.wake)
    profiler = cProfile.Profile()
    working = asyncio.create_task(worker.run())
    await asyncio.sleep(EVERY + FIRST)
    runner.late.clear()
    worked, began = time.process_time(), time.monotonic()
    if profile:
        profiler.enable()
    await asyncio.sleep(seconds)
    profiler.disable()
    _tell(renders, runner.late, time.monotonic() - began, time.process_time() - worked)
    worker.stop()
    await working
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


async def _fill(store: JobStores, clock: SystemClock, renders: int) -> None:
    """All of one server, due within twenty seconds."""
    rng, now = random.Random(1), clock.now()  # noqa: S311 - the same each time
    for number in range(renders):
        job: Job = a_job(created_at=now, owner_id=1000 + number % 50)
        seen = await store.add(job)
        phase = Rendering(remote_id=f"video_{number}", started_at=now - timedelta(seconds=rng.uniform(0, 60)))
        await store.decide(seen, seen.moved_to(phase), rng.uniform(0, EVERY))


def _tell(renders: int, late: list[float], seconds: float, worked: float) -> None:
    on_time = sum(each <= ON_TIME for each in late) / max(1, len(late))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{machine()}; {renders} renders, a look at each every {EVERY:.0f} s, for {seconds:.0f} s")
    print(
        f"looks a second {len(late) / seconds:.1f}, on time {on_time:.1%}, late p50 {quantile(late, 0.5):.2f} s", end=""
    )
    print(f", p99 {quantile(late, 0.99):.2f} s; processor {worked / seconds:.0%} of one core, {memory:.0f} MB at most")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "profile"]
    asyncio.run(main(*[int(word) for word in words], profile="profile" in sys.argv))
