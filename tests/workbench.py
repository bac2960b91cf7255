"""A worker in slow motion on a stepping clock: real SQLite and files; everything outside follows a script."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.domain.ids import JobId
from bot.domain.job import Job, Lease
from bot.domain.money import Usd
from bot.domain.phases import name_of
from bot.domain.ports import Clock, FileStore, JobStore, Places
from bot.domain.provider import Listed, Provider
from bot.jobs.circuit import Circuit
from bot.jobs.desk import Desk
from bot.jobs.events import JobEvents
from bot.jobs.ladder import Ladder
from bot.jobs.polling import Rhythm
from bot.jobs.review import Review
from bot.jobs.runner import Runner
from bot.jobs.sweep import Sweep
from storage.database import Database
from storage.files import LocalFiles
from storage.jobs import JobRows
from storage.notes import NoteRows
from tests.builders import NOON, a_catalogue, a_job
from tests.migrated import a_migrated_database
from tests.scripted import DiaryCourier, PlainDarkroom, ScriptedProvider, SteppingClock

PLACES = Places(total=3)


@dataclass(kw_only=True)
class Bench:
    """`step` claims what is due and takes it one step on."""

    store: JobRows
    notebook: NoteRows
    clock: SteppingClock
    provider: ScriptedProvider
    courier: DiaryCourier
    darkroom: PlainDarkroom
    desk: Desk
    runner: Runner
    phases: list[str]

    @property
    def sweep(self) -> Sweep:
        return Sweep(self.desk, self.notebook)

    @property
    def review(self) -> Review:
        return Review(
            store=self.store,
            providers=self.desk.providers,
            catalogue=self.desk.catalogue,
            events=self.desk.events,
            clock=self.clock,
        )

    async def order(self, job: Job | None = None) -> JobId:
        return (await self.store.add(job or a_job())).id

    async def step(self, *, forward: float = 0.0) -> None:
        self.clock.forward(forward)
        for lease in await self.store.claim("worker", PLACES, 10):
            await self.runner.advance(lease)

    async def run(self, job_id: JobId, *, most: int = 60) -> Job:
        """Step on until the job is at rest; waits pass at once."""
        for _ in range(most):
            job = await self.job(job_id)
            if job.is_at_rest:
                return job
            await self.step()
            self.clock.forward(await self.store.next_due() or 0.0)
        raise AssertionError(f"still {name_of(job.phase)} after {most} steps: {self.phases}")

    async def job(self, job_id: JobId) -> Job:
        found = await self.store.get(job_id)
        assert found is not None
        return found

    async def lease(self) -> Lease:
        (lease,) = await self.store.claim("worker", PLACES, 10)
        return lease


def a_desk(
    database: Database,
    *,
    store: JobStore,
    clock: Clock,
    provider: Provider,
    courier: Any,
    files: FileStore,
    **more: Any,
) -> Desk:
    """A desk with a scripted darkroom and one model. `courier` is the doorkeeper too; `more` are other fields."""
    usual: dict[str, Any] = {
        "darkroom": PlainDarkroom(),
        "catalogue": a_catalogue(),
        "events": JobEvents(),
        "rhythm": Rhythm(),
        "chance": random.Random(0),
        "circuit": Circuit(notebook=NoteRows(database=database), clock=clock),
        "ladder": a_ladder(database, {provider.name: provider}, clock),
    }
    return Desk(
        store=store,
        files=files,
        providers={provider.name: provider},
        courier=courier,
        doorkeeper=courier,
        clock=clock,
        **(usual | more),
    )


def a_ladder(database: Database, providers: Mapping[str, Provider], clock: Clock) -> Ladder:
    return Ladder.of(providers, NoteRows(database=database), clock)


@asynccontextmanager
async def a_bench(folder: Path) -> AsyncIterator[Bench]:
    database = await Database.open(await a_migrated_database(folder / "kinora.db"))
    clock, provider, courier, darkroom = SteppingClock(), ScriptedProvider(), DiaryCourier(), PlainDarkroom()
    store, notebook = JobRows(database=database, clock=clock, budget=Usd.of(25)), NoteRows(database=database)
    phases: list[str] = []
    events = JobEvents()
    events.listen(lambda job: phases.append(name_of(job.phase)))
    files = LocalFiles(folder / "files")
    desk = a_desk(
        database,
        store=store,
        clock=clock,
        provider=provider,
        courier=courier,
        files=files,
        darkroom=darkroom,
        events=events,
    )
    try:
        yield Bench(
            store=store,
            notebook=notebook,
            clock=clock,
            provider=provider,
            courier=courier,
            darkroom=darkroom,
            desk=desk,
            runner=Runner(desk),
            phases=phases,
        )
    finally:
        await database.close()


def a_listed(remote_id: str, **changes: Any) -> Listed:
    """A listed video that fits `a_job()`, made at NOON unless `at` says otherwise."""
    at = changes.pop("at", NOON)
    listed = Listed(
        remote_id=remote_id, created_at=at, model="sora-2", prompt="a fox in the snow", seconds="4", size="1280x720"
    )
    return replace(listed, **changes)
