"""Where jobs wait, change and are looked up, and how many may run at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from enum import Enum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage, QueuePosition
from bot.domain.money.allowances import NO_MEMBER_LIMITS, Allowances
from bot.domain.money.usd import Usd
from bot.domain.phases import Queued, Trait, name_of, names_with
from bot.domain.queue.state import QueueTotals


@value_object
class ConcurrencyLimits:
    """How many renders may run at once, counted in the database over all processes."""

    total: int
    per_guild: int | None = None
    per_member: int | None = None
    per_account: Mapping[str, int] = field(default_factory=dict)


SUSPECTED_AT = 3  # consecutive crashes in one step; the process may have died of it, or of another job


class StepKind(Enum):
    """What the next step of a job spends its time on. Each kind has its own bound in a process.

    A slow download must not hold up a poll that takes two seconds.
    """

    LOOK = "asks how a render is, or looks for a lost order"
    ORDER = "sends an order"
    DOWNLOAD = "downloads a finished video"
    POST = "posts a video"


_BY_STATE = {
    "saving": StepKind.DOWNLOAD,
    "posting": StepKind.POST,
    **dict.fromkeys(names_with(Trait.WAITS), StepKind.ORDER),
}


def kind_of(job: Job) -> StepKind:
    """A queued job that was cancelled is not sent: ending it is as quick as a poll."""
    if isinstance(job.phase, Queued) and job.cancel_asked_by is not None:
        return StepKind.LOOK
    return _BY_STATE.get(name_of(job.phase), StepKind.LOOK)


def states_of(kind: StepKind) -> tuple[str, ...]:
    """The names of the phases whose next step is of this kind, in alphabetical order."""
    open_states = names_with(Trait.WAITS, Trait.WORKS_ALONE)
    return tuple(name for name in open_states if _BY_STATE.get(name, StepKind.LOOK) is kind)


@value_object
class StepRoom:
    """How many more steps of each kind a process may start."""

    steps: Mapping[StepKind, int]
    slow_orders: int  # of the orders, how many may go to the slow accounts
    slow_accounts: Collection[str] = frozenset()  # they may answer an order only when its video is made
    for_suspect: bool = False  # nothing is running, and nothing is started alongside the one job that is taken

    @property
    def kinds(self) -> tuple[StepKind, ...]:
        """Those with free capacity."""
        return tuple(kind for kind in StepKind if self.of(kind) > 0)

    def of(self, kind: StepKind) -> int:
        return max(0, self.steps.get(kind, 0))


class JobQueue(Protocol):
    """Every way a job changes: it is ordered, leased, advanced, decided, cancelled. Money follows it."""

    async def add(self, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        """Store an order and reserve its quote in its server's month and `allowances`, in one transaction.

        An interaction seen before returns the job it made then. Raises OverBudget, TooManyWaiting and QueueClosed.
        """
        ...

    async def add_all(self, wanted: Sequence[Job], allowances: Allowances = NO_MEMBER_LIMITS) -> Sequence[Job]:
        """Likewise for a batch, whose lead comes first: all of it is stored and reserved, or nothing.

        If its interaction was seen before, the whole batch it made then is returned.
        """
        ...

    async def add_double(self, job: Job) -> Job:
        """Store an order that was paid for in addition to the one that it `doubles`. Returns the job as stored, with
        its own id.

        Its quote is reserved whatever the budget has left, since it is spent already; it counts towards what the other
        one did. Raises NotFree if its video, or this very order, is a job already, and MovedOn if it is not replaced
        (any more), or nothing was sent in its place so far.
        """
        ...

    async def check_room(
        self, guild_id: int, owner_id: int, price: Usd, allowances: Allowances = NO_MEMBER_LIMITS, videos: int = 1
    ) -> None:
        """Raise what `add` would if an order at this price would be refused now. Nothing is reserved.

        `videos`: how many of them have this total.
        """
        ...

    async def exchange(self, seen: Job, ended: Job, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        """Store `job` like `add`, in place of a waiting one, which becomes `ended`: both or neither.

        `seen` is the waiting one as it was seen; its reservation is released before the other's is made. Raises MovedOn
        if it no longer waits like that, OverBudget, and TooManyWaiting.
        """
        ...

    async def claim(
        self, worker: str, places: ConcurrencyLimits, most: int, room: StepRoom | None = None
    ) -> Sequence[Lease]:
        """Lease due steps, and queued jobs in fair order while slots are free; atomic over all processes.

        At most `most` altogether, and no more of a kind than there is `room` for: a job that waits for capacity holds
        no lease. A suspect is taken only if there is room for one. Without `room` it is a job like any other.
        """
        ...

    async def has_suspect(self) -> bool:
        """Whether a job past the queue waits to be tried alone: several processes died while it was in progress."""
        ...

    async def extend(self, held: Iterable[tuple[JobId, int]]) -> Sequence[tuple[JobId, int]]:
        """Renew these leases, named by job and epoch. Those not returned are lost."""
        ...

    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        """Write the job as it is now; in `after` seconds it is due again (None: never automatically).

        The lease is released unless `keep`. In the same transaction `result` becomes the message that shows its video,
        and money follows the job: the first `cost` settles the reservation, coming to rest without one releases it
        (NeedsReview keeps it). Raises MovedOn; TwinInFlight for a Submitting job whose fingerprint another job in
        Submitting or Unknown has; HeldBack for a queued one to be sent while its server's queue is paused; and NotFree
        for a remote id that another job has.
        """
        ...

    async def hand_back(self, leases: Iterable[Lease]) -> None:
        """Release leases unused; the jobs are due at once."""
        ...

    async def count_crash(self, lease: Lease) -> None:
        """Release the lease of a failed step: it is due again after the duration of a lease.

        A lost lease is left alone.
        """
        ...

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        """Write what a person or the sweep decided about a job seen in a phase, whoever holds it.

        For jobs that were not sent, Unknown and NeedsReview. Whoever works on it is fenced; money follows as in `move`;
        leaving NeedsReview forgets earlier cancellations. Raises MovedOn if it is no longer in that phase, and NotFree
        like `move`.
        """
        ...

    async def cancel(self, job_id: JobId, by: int, *, unsent_only: bool = False) -> Job:
        """End a job that was not sent, and release its money. For one in progress, record who asked, and make it due.

        `unsent_only`: one that is in progress by now continues unchanged.
        """
        ...

    async def delivered(self, job_id: JobId) -> Job:
        """An Undelivered job was shown after all: it is Done. Any other stays as it is. Raises NotFound."""
        ...

    async def mark_deleted(self, job_id: JobId) -> None:
        """Its files are gone, and its card has to be removed, so that is outdated now; its cost stays in the ledger."""
        ...

    async def next_due(self, kinds: Collection[StepKind] | None = None) -> float | None:
        """Seconds until the next step of these kinds is due (never negative), or None if nothing waits."""
        ...

    async def bring_forward(self) -> int:
        """Make jobs due now that wait longer than any step does, and end such leases. Returns how many these were.

        A clock that was ahead had put them off, and was corrected since.
        """
        ...

    async def hurry(self, provider: str) -> None:
        """Make its jobs due at once that are queued, or whose download was put off: what they waited for is over."""
        ...

    async def nudge(self, job_id: JobId) -> None:
        """Make a rendering job due at once; any other stays as it is. A poll in progress still schedules the next."""
        ...


class JobQueries(Protocol):
    """Looking jobs up; nothing changes. Rows of a newer version that this one cannot read are left out."""

    async def get(self, job_id: JobId) -> Job | None: ...

    async def get_many(self, job_ids: Iterable[JobId]) -> Mapping[JobId, Job]:
        """Those of them that exist, in one query."""
        ...

    async def batch(self, lead: JobId) -> Sequence[Job]:
        """The jobs that were ordered together, in their order; empty if there is no such batch."""
        ...

    async def remixes(self, sources: Collection[JobId]) -> Sequence[Job]:
        """What was made from any of these videos, oldest first, deleted or not."""
        ...

    async def doubles(self, job_id: JobId) -> Sequence[Job]:
        """The duplicates of the same order, oldest first, deleted or not."""
        ...

    async def latest(self, guild_id: int, owner_id: int | None, most: int) -> Sequence[Job]:
        """Newest first; one member's, or all of the server."""
        ...

    async def under_way(self, guild_id: int, skip: int = 0, most: int | None = None) -> Sequence[Job]:
        """The jobs of a server that are not at rest, in the order they will be served."""
        ...

    async def queue_totals(self, guild_id: int) -> QueueTotals: ...

    async def waiting(self, guild_id: int) -> Sequence[tuple[JobId, int]]:
        """The cards of queued jobs, in that order and each once, by owner; with their channels."""
        ...

    async def in_review(self, guild_id: int) -> Sequence[Job]:
        """All jobs of a server that wait for a person's decision, oldest first."""
        ...

    async def awaiting_approval(self, guild_id: int) -> Sequence[Job]:
        """All jobs of a server that wait until somebody approves them, oldest first."""
        ...

    async def finished(self, guild_id: int, owner_id: int, text: str, most: int) -> Sequence[Job]:
        """A member's videos that can be remixed, newest first, whose prompt or id contains `text`."""
        ...

    async def line(self, job: Job, places: ConcurrencyLimits) -> QueuePosition: ...

    async def lines(self, guild_id: int, places: ConcurrencyLimits) -> Mapping[JobId, QueuePosition]:
        """All jobs of a server that may start now; those that wait for something else have no place.

        While its queue is paused, all that wait.
        """
        ...
