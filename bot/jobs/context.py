"""The dependencies that every step shares, passed as one object."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.media import MediaProcessor
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.phases import (
    PHASES,
    Failed,
    NeedsReview,
    Phase,
    Posting,
    Rendering,
    Saving,
    Undelivered,
    name_of,
)
from bot.domain.ports.access_check import AccessCheck
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.ports.provider import Provider
from bot.domain.ports.provider_orders import ProviderOrders
from bot.domain.ports.publishing import ResultPublisher
from bot.domain.retention.quota import NoQuota, StorageQuota
from bot.domain.texts.own_words import in_own_words
from bot.jobs.counters import Counters
from bot.jobs.delivery.withheld import WithheldDoubles
from bot.jobs.events import JobEvents
from bot.jobs.ordering.remix import RemixPlanner
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.closed_places import ClosedPlaces
from bot.jobs.providers.comparisons import Comparisons
from bot.jobs.providers.drains import Drains
from bot.jobs.providers.throttle import Throttle
from bot.jobs.timing.calls import ServiceCalls
from bot.jobs.timing.forecasts import RenderForecasts
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.timing.suspend import SuspendDetector
from bot.jobs.timing.turns import RenderTurns

log = logging.getLogger(__name__)


def no_callback(_job: Job, _sent_at: datetime) -> str | None:
    return None


def _why(phase: Phase) -> str:
    """For the log: why nobody gets to see a video."""
    match phase:
        case Failed(reason=reason) | NeedsReview(reason=reason) | Undelivered(reason=reason):
            return f": {in_own_words(reason)}"
        case _:
            return ""


# Nobody is shown these fields.
BOOKKEEPING = ("looks", "absent", "missing", "tries", "elsewhere", "since", "overdue", "barred")


NOT_SHOWN = frozenset({"phase", "progress_seen", "first_try", "replaced"})
SHOWN = tuple(field.name for field in dataclass_fields(Job) if field.name not in NOT_SHOWN)
SHOWN_OF = {
    name: tuple(field.name for field in dataclass_fields(kind) if field.name not in BOOKKEEPING)
    for name, kind in PHASES.items()
}


def _is_news(before: Job, after: Job) -> bool:
    """Whether people see a difference. A poll that found no change is not announced."""
    if _shown(before.phase) != _shown(after.phase) or before.is_made_sure_of != after.is_made_sure_of:
        return True
    return any(getattr(before, name) != getattr(after, name) for name in SHOWN)


def _shown(phase: Phase) -> tuple[object, ...]:
    fields = tuple(getattr(phase, name) for name in SHOWN_OF[name_of(phase)])
    return type(phase), fields, isinstance(phase, Saving | Posting) and phase.is_stuck


@wired
class StepContext:
    """Everything a step works with. Only `move` changes a job."""

    queue: JobQueue
    queries: JobQueries
    forecasts: RenderForecasts
    provider_orders: ProviderOrders
    files: FileStore
    media: MediaProcessor
    providers: Mapping[str, Provider]
    catalogue: Catalogue
    events: JobEvents
    publisher: ResultPublisher
    withheld: WithheldDoubles
    access_check: AccessCheck
    clock: Clock
    poll_schedule: PollSchedule
    rng: random.Random
    circuit: Circuit
    drains: Drains
    remix_planner: RemixPlanner
    quota: StorageQuota = field(default_factory=NoQuota)
    throttle: Throttle = field(default_factory=Throttle)
    comparisons: Comparisons = field(default_factory=Comparisons)
    closed_places: ClosedPlaces = field(default_factory=ClosedPlaces)
    callback: Callable[[Job, datetime], str | None] = no_callback  # address to call about a request of then, if any
    counters: Counters = field(default_factory=Counters)
    calls: ServiceCalls = field(default_factory=ServiceCalls)
    turns: RenderTurns = field(default_factory=RenderTurns)
    suspend_detector: SuspendDetector = field(default_factory=SuspendDetector)
    approval_time: timedelta = timedelta(hours=24)  # how long an order waits for approval
    handed_back: set[tuple[JobId, int]] = field(default_factory=set)  # leases of steps that still have something to do
    shares_database: bool = False  # other processes may work on the same jobs, each with its own files

    def now(self) -> datetime:
        return self.suspend_detector.note(self.clock.now())

    async def move(
        self,
        lease: Lease,
        phase: Phase,
        after: float | None = None,
        *,
        cost: Usd | None = None,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        """Store the job in its new phase and announce it.

        `cost`, given once, settles the reservation. `result` is the message that shows the job's video from now on; it
        is stored with the phase. Raises MovedOn and TwinInFlight.
        """
        job = lease.job
        changed = replace(job, phase=phase, cost=job.cost or cost, render_seconds=self._render_seconds(job, phase))
        if isinstance(phase, Rendering) and not isinstance(job.phase, Rendering):
            changed = replace(changed, progress_seen=())  # of an earlier order
        moved = await self.queue.move(lease, changed, after, keep=keep, result=result)
        if not keep:
            self.handed_back.add((job.id, lease.epoch))
        if name_of(phase) != name_of(job.phase):
            log.info("%s %s -> %s%s", job.id, name_of(job.phase), name_of(phase), _why(phase))
        if _is_news(job, moved.job):
            self.events.tell(moved.job)
        return moved

    async def decide(self, seen: Job, phase: Phase, after: float | None = None) -> Job:
        """Move a job that nobody has leased out of the phase it was seen in, and announce it.

        Raises MovedOn and NotFree.
        """
        job = await self.queue.decide(seen, seen.moved_to(phase), after)
        log.info("%s %s -> %s (decided)%s", job.id, name_of(seen.phase), name_of(phase), _why(phase))
        self.events.tell(job)
        return job

    async def note_success(self, provider: str, *, paid: bool = False) -> None:
        """The provider did what was asked: if its account was in trouble, its queue resumes."""
        if await self.circuit.note_success(provider, paid=paid):
            await self.queue.hurry(provider)

    def _render_seconds(self, job: Job, phase: Phase) -> float | None:
        if job.doubles is not None:  # it was done before anybody here knew of it
            return None
        if isinstance(job.phase, Rendering) and not isinstance(phase, Rendering):
            return (self.now() - job.phase.started_at).total_seconds()
        return job.render_seconds

    def card(self, job: Job) -> ModelCard | None:
        """The job's model card; None if the model left the catalogue while the job waited."""
        return self.catalogue.cards.get(job.request.model)
