"""A worker that a test steps through, with a stepping clock: real SQLite and files; everything outside is scripted."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.domain.ids import JobId
from bot.domain.job import Job, Lease
from bot.domain.money.usd import Usd
from bot.domain.phases import name_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Listed, Provider
from bot.jobs.context import StepContext
from bot.jobs.delivery.withheld import WithheldDoubles
from bot.jobs.events import JobEvents
from bot.jobs.ordering.remix import RemixPlanner
from bot.jobs.providers.accounts import AccountWatch
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.drains import Drains
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.reconcile.unattributed import UnattributedSpending
from bot.jobs.reconcile.webhooks import WebhookIntake
from bot.jobs.runner import Runner
from bot.jobs.timing.forecasts import RenderForecasts
from bot.jobs.timing.outlooks import RenderOutlooks
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.review import Review
from bot.network.drive import LONGEST, PATIENCE
from storage.db.database import Database
from storage.files.local import LocalFiles
from storage.queue.accounts import SqlAccountQueues
from storage.records import SqlRecords
from tests.builders import NOON, a_catalogue, a_job
from tests.changes import some_changes
from tests.migrated import a_migrated_database, connected
from tests.scripted import PlainMediaProcessor, RecordingPublisher, ScriptedProvider, SteppingClock
from tests.stores import JobStores

PLACES = ConcurrencyLimits(total=3)


@dataclass(kw_only=True)
class Bench:
    """`step` claims what is due and advances it by one step."""

    store: JobStores
    records: SqlRecords
    clock: SteppingClock
    provider: ScriptedProvider
    publisher: RecordingPublisher
    media: PlainMediaProcessor
    context: StepContext
    runner: Runner
    phases: list[str]

    @property
    def sweep(self) -> Reconciler:
        return Reconciler(context=self.context, records=self.records)

    @property
    def intake(self) -> WebhookIntake:
        return WebhookIntake(
            context=self.context,
            unattributed=UnattributedSpending(records=self.records, counters=self.context.counters),
        )

    @property
    def review(self) -> Review:
        return Review(
            queue=self.store,
            queries=self.store,
            provider_orders=self.store,
            providers=self.context.providers,
            catalogue=self.context.catalogue,
            events=self.context.events,
            clock=self.clock,
        )

    @property
    def private_videos(self) -> PrivateVideos:
        return PrivateVideos(preferences=GuildPreferences(records=self.records, changes=some_changes()))

    @property
    def browse(self) -> BrowseVideos:
        return BrowseVideos(
            queries=self.store,
            render_history=self.store,
            catalogue=self.context.catalogue,
            limits=PLACES,
            clock=self.clock,
            private_videos=self.private_videos,
            holds=self.store,
            outlooks=outlooks_of(self.context),
        )

    def accounts(self, **places: int) -> AccountWatch:
        """`places`: simultaneous renders, by account."""
        queues = SqlAccountQueues(database=self.store.database, clock=self.clock)
        context = self.context
        return AccountWatch(
            circuit=context.circuit, drains=context.drains, queues=queues, places=places, throttle=context.throttle
        )

    async def order(self, job: Job | None = None) -> JobId:
        return (await self.store.add(job or a_job())).id

    async def step(self, *, forward: float = 0.0) -> None:
        self.clock.forward(forward)
        for lease in await self.store.claim("worker", PLACES, 10):
            await self.runner.advance(lease)

    async def run(self, job_id: JobId, *, most: int = 60) -> Job:
        """Step until the job is at rest; waits pass at once."""
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


def a_step_context(
    database: Database,
    *,
    store: JobStores,
    clock: Clock,
    provider: Provider,
    publisher: Any,
    files: FileStore,
    **more: Any,
) -> StepContext:
    """With a scripted media processor and one model. `publisher` is the access check too; `more` are other fields."""
    usual: dict[str, Any] = {
        "media": PlainMediaProcessor(),
        "catalogue": a_catalogue(),
        "events": JobEvents(),
        "poll_schedule": PollSchedule(),
        "rng": random.Random(0),
        "drains": Drains(records=SqlRecords(database=database, clock=clock), clock=clock),
        "circuit": Circuit(records=SqlRecords(database=database, clock=clock), clock=clock),
        "remix_planner": a_remix_planner(database, {provider.name: provider}, clock),
    }
    return StepContext(
        queue=store,
        queries=store,
        forecasts=RenderForecasts(history=store, clock=clock),
        provider_orders=store,
        files=files,
        providers={provider.name: provider},
        publisher=publisher,
        withheld=WithheldDoubles(queries=store, records=SqlRecords(database=database, clock=clock)),
        access_check=publisher,
        clock=clock,
        **(usual | more),
    )


def outlooks_of(context: StepContext) -> RenderOutlooks:
    return RenderOutlooks(catalogue=context.catalogue, forecasts=context.forecasts, turns=context.turns)


def a_remix_planner(database: Database, providers: Mapping[str, Provider], clock: Clock) -> RemixPlanner:
    return RemixPlanner.of(providers, SqlRecords(database=database, clock=clock), clock)


@asynccontextmanager
async def a_bench(folder: Path, patience: float = PATIENCE, longest: float = LONGEST) -> AsyncIterator[Bench]:
    database = connected(await a_migrated_database(folder / "kinora.db"))
    clock, provider, publisher, media = SteppingClock(), ScriptedProvider(), RecordingPublisher(), PlainMediaProcessor()
    store, records = (
        JobStores(database=database, clock=clock, budget=Usd.of(25)),
        SqlRecords(database=database, clock=clock),
    )
    phases: list[str] = []
    events = JobEvents()
    events.listen(lambda job: phases.append(name_of(job.phase)))
    files = LocalFiles(folder / "files", patience, longest)
    context = a_step_context(
        database,
        store=store,
        clock=clock,
        provider=provider,
        publisher=publisher,
        files=files,
        media=media,
        events=events,
    )
    try:
        yield Bench(
            store=store,
            records=records,
            clock=clock,
            provider=provider,
            publisher=publisher,
            media=media,
            context=context,
            runner=Runner(context),
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
