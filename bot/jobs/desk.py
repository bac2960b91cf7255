"""What every step needs at hand, handed over whole."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.job import Job, Lease
from bot.domain.media import MediaProcessor
from bot.domain.models import TYPICAL_SECONDS, Catalogue, ModelCard
from bot.domain.money import Usd
from bot.domain.phases import Phase, Rendering, name_of
from bot.domain.ports import Clock, Courier, Doorkeeper, FileStore, JobStore
from bot.domain.provider import Provider
from bot.jobs.circuit import Circuit
from bot.jobs.events import JobEvents
from bot.jobs.forecast import Experience
from bot.jobs.ladder import Ladder
from bot.jobs.pace import Pace
from bot.jobs.polling import Rhythm
from bot.jobs.tally import Tally
from bot.jobs.wakefulness import Wakefulness

log = logging.getLogger(__name__)


def no_callback(_job: Job) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a step works with. Only `move` changes a job."""

    store: JobStore
    files: FileStore
    media: MediaProcessor
    providers: Mapping[str, Provider]
    catalogue: Catalogue
    events: JobEvents
    courier: Courier
    doorkeeper: Doorkeeper
    clock: Clock
    rhythm: Rhythm
    chance: random.Random
    circuit: Circuit
    ladder: Ladder
    pace: Pace = field(default_factory=Pace)
    callback: Callable[[Job], str | None] = no_callback  # address the service may call about a job, if any
    tally: Tally = field(default_factory=Tally)
    wakefulness: Wakefulness = field(default_factory=Wakefulness)

    def now(self) -> datetime:
        return self.wakefulness.note(self.clock.now())

    async def move(
        self, lease: Lease, phase: Phase, after: float | None = None, *, cost: Usd | None = None, keep: bool = False
    ) -> Lease:
        """Store the job in its new phase and tell of it. `cost`, given once, settles. Raises MovedOn, TwinInFlight."""
        job = lease.job
        changed = replace(job, phase=phase, cost=job.cost or cost, render_seconds=self._render_seconds(job, phase))
        moved = await self.store.move(lease, changed, after, keep=keep)
        if name_of(phase) != name_of(job.phase):
            log.info("%s %s -> %s", job.id, name_of(job.phase), name_of(phase))
        self.events.tell(moved.job)
        return moved

    async def decide(self, seen: Job, phase: Phase, after: float | None = None) -> Job:
        """Move a job that nobody leased, from the phase it was seen in, and tell of it. Raises MovedOn and NotFree."""
        job = await self.store.decide(seen, seen.moved_to(phase), after)
        log.info("%s %s -> %s (decided)", job.id, name_of(seen.phase), name_of(phase))
        self.events.tell(job)
        return job

    async def works(self, provider: str, *, paid: bool = False) -> None:
        """The provider did what was asked: if its account was in trouble, its queue goes on."""
        if await self.circuit.works(provider, paid=paid):
            await self.store.hurry(provider)

    def _render_seconds(self, job: Job, phase: Phase) -> float | None:
        if isinstance(job.phase, Rendering) and not isinstance(phase, Rendering):
            return (self.now() - job.phase.started_at).total_seconds()
        return job.render_seconds

    def card(self, job: Job) -> ModelCard | None:
        """The job's model card; None when it left the catalogue while the job waited."""
        return self.catalogue.cards.get(job.request.model)

    async def experience(self, job: Job) -> Experience:
        request = job.request
        times = await self.store.render_times(job.provider, request.model, request.seconds, request.size)
        card = self.card(job)
        return Experience(times, card.typical_seconds if card else TYPICAL_SECONDS)
