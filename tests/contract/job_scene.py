"""Jobs at a simulated service: the steps, the database, the adapter and the HTTP are real, all on one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.media import FramePosition
from bot.domain.models.card import ModelCard
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Done, Failed, NeedsReview, name_of
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider
from bot.domain.video import Size
from bot.jobs.context import StepContext
from bot.jobs.runner import Runner
from bot.sandbox.video.service import SimulatedService
from storage.files.local import LocalFiles
from tests.builders import a_catalogue
from tests.contract.video_services import closed_in_the_end
from tests.migrated import a_migrated_database, connected
from tests.scripted import PlainMediaProcessor, RecordingPublisher, SteppingClock
from tests.stores import JobStores
from tests.workbench import a_step_context

Host = TypeVar("Host", bound=SimulatedService)


class PictureMediaProcessor(PlainMediaProcessor):
    """All its stills are this picture, because simulated services check what they are sent."""

    def __init__(self, picture: bytes) -> None:
        super().__init__()
        self._picture = picture

    async def still(self, video: Path, size: Size, moment: FramePosition) -> bytes:
        assert await super().still(video, size, moment)
        return self._picture


@dataclass(frozen=True, slots=True, kw_only=True)
class JobScene(Generic[Host]):
    """A simulated service and everything of Kinora's between it and the books."""

    most: ClassVar[int] = 100  # steps until a job has to be in the awaited state

    host: Host
    clock: SteppingClock
    store: JobStores
    runner: Runner

    async def job(self, job_id: JobId) -> Job:
        job = await self.store.get(job_id)
        assert job is not None
        return job

    async def step(self) -> None:
        """Advance what is due; if nothing is, let time pass until something is."""
        if not await self.take_on():
            self.clock.forward(await self.store.next_due() or 1.0)

    async def take_on(self) -> bool:
        """Advance what is due now; returns whether there was any."""
        leases = await self.store.claim("worker", ConcurrencyLimits(total=3), 10)
        for lease in leases:
            await self.runner.advance(lease)
        return bool(leases)

    async def until(self, job_id: JobId, *phases: type[object], most: int | None = None) -> Job:
        for _ in range(most or self.most):
            job = await self.job(job_id)
            if isinstance(job.phase, phases):
                return job
            await self.step()
        raise AssertionError(f"still {name_of(job.phase)} after {most or self.most} steps")

    async def ended(self, job_id: JobId, most: int | None = None) -> Job:
        return await self.until(job_id, Done, Failed, NeedsReview, Cancelled, most=most)

    async def spent(self, job: Job) -> tuple[Usd, Usd]:
        """What was spent and what is reserved; checks that the books add up."""
        costs = await self.store.costs(job.guild_id, None, Period.MONTH)
        assert await self.store.check_books() == []
        return costs.spent, costs.reserved


Scene = TypeVar("Scene", bound=JobScene[Any])


@asynccontextmanager
async def a_stored_context(
    folder: Path, clock: SteppingClock, provider: Provider, **more: Any
) -> AsyncIterator[tuple[JobStores, StepContext]]:
    """A store in its own database, and what its steps need. `more` is as for `a_step_context`."""
    database = connected(await a_migrated_database(folder / "kinora.db"))
    try:
        store = JobStores(database=database, clock=clock, budget=Usd.of(25))
        given: dict[str, Any] = {"publisher": RecordingPublisher(), "files": LocalFiles(folder / "files")} | more
        yield store, a_step_context(database, store=store, clock=clock, provider=provider, **given)
    finally:
        await database.close()


@asynccontextmanager
async def a_job_scene(
    scene: type[Scene],
    folder: Path,
    clock: SteppingClock,
    host: SimulatedService,
    provider: Provider,
    *,
    card: ModelCard,
    picture: bytes,
) -> AsyncIterator[Scene]:
    """`provider`, which is closed at the end, is connected to the running `host`. `picture` is every still."""
    more = {"media": PictureMediaProcessor(picture), "catalogue": a_catalogue(card)}
    async with a_stored_context(folder, clock, provider, **more) as (store, context), closed_in_the_end(provider):
        yield scene(host=host, clock=clock, store=store, runner=Runner(context))
