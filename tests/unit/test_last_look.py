"""A process that stalled between storing its intent and its paid request no longer sends that request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.data_classes import wired
from bot.domain.errors import MovedOn
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.own_name import own_name
from bot.domain.phases import Failed, Queued, Rendering, Submitting
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.jobs.runner import Runner
from bot.jobs.steps.submit import TOO_LATE
from storage.db.database import Database
from storage.files.local import LocalFiles
from tests.builders import GUILD, a_job
from tests.migrated import a_migrated_database
from tests.scripted import RecordingPublisher, ScriptedProvider, SteppingClock
from tests.stores import JobStores
from tests.workbench import a_step_context

PLACES = ConcurrencyLimits(total=3)


@wired
class StandingStill(JobStores):
    """After the first stored intent, the process stalls until `meanwhile` is done."""

    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        moved = await super().move(lease, job, after, keep=keep, result=result)
        if isinstance(job.phase, Submitting) and self.meanwhile:
            await self.meanwhile.pop()()
        return moved


@dataclass(frozen=True, kw_only=True)
class Scene:
    store: StandingStill
    clock: SteppingClock
    provider: ScriptedProvider
    runner: Runner

    async def step(self) -> None:
        for lease in await self.store.claim("worker", PLACES, 10):
            await self.runner.advance(lease)

    async def books(self) -> tuple[Usd, Usd]:
        """Reserved and spent; asserts that the books balance."""
        assert await self.store.check_books() == []
        costs = await self.store.costs(GUILD, None, Period.MONTH)
        return costs.reserved, costs.spent

    async def another_process_gives_up(self) -> None:
        """The lease expires; a successor finds the intent, looks for the video and doesn't find it, twice."""
        self.provider.lists = [[], []]
        self.clock.forward(200)
        for _ in range(3):
            await self.step()
            self.clock.forward(await self.store.next_due() or 0.0)

    async def only_time_passes(self) -> None:
        self.clock.forward(40)

    async def the_commit_is_slow(self) -> None:
        self.clock.forward(10)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    database = await Database.open(await a_migrated_database(tmp_path / "kinora.db"))
    clock, provider, publisher = SteppingClock(), ScriptedProvider(), RecordingPublisher()
    store = StandingStill(database=database, clock=clock, budget=Usd.of(25))
    files = LocalFiles(tmp_path / "files")
    context = a_step_context(database, store=store, clock=clock, provider=provider, publisher=publisher, files=files)
    yield Scene(store=store, clock=clock, provider=provider, runner=Runner(context))
    await database.close()


async def test_an_order_that_was_declared_absent_meanwhile_is_never_sent(scene: Scene) -> None:
    job = await scene.store.add(a_job())
    scene.store.meanwhile.append(scene.another_process_gives_up)
    with pytest.raises(MovedOn):
        await scene.step()
    ended = await scene.store.get(job.id)
    assert ended is not None
    assert isinstance(ended.phase, Failed)
    assert not ended.phase.charged
    assert scene.provider.orders == []


async def test_an_order_nobody_took_over_goes_back_to_the_queue_and_is_sent_anew(scene: Scene) -> None:
    job = await scene.store.add(a_job())
    scene.store.meanwhile.append(scene.only_time_passes)
    await scene.step()
    waiting = await scene.store.get(job.id)
    assert waiting is not None
    assert waiting.phase == Queued(waits_for=TOO_LATE)
    assert scene.provider.orders == []
    assert await scene.books() == (job.quote, FREE)
    scene.clock.forward(15)
    await scene.step()
    sent = await scene.store.get(job.id)
    assert sent is not None
    assert isinstance(sent.phase, Rendering)
    assert len(scene.provider.orders) == 1
    assert await scene.books() == (job.quote, FREE)


async def test_an_order_that_is_sent_a_little_later_bears_the_name_of_its_stored_intent(scene: Scene) -> None:
    job, intended_at = await scene.store.add(a_job()), scene.clock.now()
    scene.store.meanwhile.append(scene.the_commit_is_slow)
    await scene.step()
    assert [order.own_name for order in scene.provider.orders] == [own_name(job.id, intended_at)]


async def test_an_order_that_is_late_again_and_again_costs_nothing_and_is_sent_once_in_the_end(scene: Scene) -> None:
    job = await scene.store.add(a_job())
    scene.store.meanwhile.extend([scene.only_time_passes] * 5)
    for _ in range(6):
        assert scene.provider.orders == []
        await scene.step()
        scene.clock.forward(15)
    assert len(scene.provider.orders) == 1
    assert await scene.books() == (job.quote, FREE)
