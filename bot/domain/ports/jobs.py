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


SUSPECTED_AT = 3  # crashes in a row of one step; its process may have died of it, or of something beside it


class StepKind(Enum):
    """What the next step of a job spends its time on. Each kind has a bound of its own in a process.

    A slow download must not hold up a look of two seconds.
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
    """A queued job that was called off is not sent: to end it is as quick as a look."""
    if isinstance(job.phase, Queued) and job.cancel_asked_by is not None:
        return StepKind.LOOK
    return _BY_STATE.get(name_of(job.phase), StepKind.LOOK)


def states_of(kind: StepKind) -> tuple[str, ...]:
    """The names of the phases whose next step is of this kind, in the alphabet's order."""
    open_states = names_with(Trait.WAITS, Trait.WORKS_ALONE)
    return tuple(name for name in open_states if _BY_STATE.get(name, StepKind.LOOK) is kind)


@value_object
class StepRoom:
    """How many more steps of each kind a process may begin."""

    steps: Mapping[StepKind, int]
    slow_orders: int  # of the orders: how many may go to the slow accounts
    slow_accounts: Collection[str] = frozenset()  # they may answer an order only when its video is made
    for_suspect: bool = False  # nothing is under way, and nothing is begun beside the one job that is taken

    @property
    def kinds(self) -> tuple[StepKind, ...]:
        """Those that have room."""
        return tuple(kind for kind in StepKind if self.of(kind) > 0)

    def of(self, kind: StepKind) -> int:
        return max(0, self.steps.get(kind, 0))


class JobQueue(Protocol):
    """Every way a job changes: it is ordered, leased, taken a step on, decided, cancelled. Money follows it."""

    async def add(self, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        """Store an order and reserve its quote in its server's month and `allowances`, in one transaction.

        An interaction seen before gives the job it made then. Raises OverBudget, TooManyWaiting and QueueClosed.
        """
        ...

    async def add_all(self, wanted: Sequence[Job], allowances: Allowances = NO_MEMBER_LIMITS) -> Sequence[Job]:
        """Likewise a batch, whose lead comes first: all of it is stored and reserved, or nothing.

        What its interaction made before is given back whole.
        """
        ...

    async def add_double(self, job: Job) -> Job:
        """Store an order that was paid beside the one that it `doubles`; the job as stored, with an id of its own.

        Its quote is promised whatever the budget has left, since it is spent already; it draws on what the other did.
        Raises NotFree when its video, or this very order, is a job already, and MovedOn when it is not replaced (any
        more), or nothing was sent in its place so far.
        """
        ...

    async def check_room(
        self, guild_id: int, owner_id: int, price: Usd, allowances: Allowances = NO_MEMBER_LIMITS, videos: int = 1
    ) -> None:
        """Raise what `add` would if an order at this price would be refused now. Nothing is reserved.

        `videos`: how many of them cost this much together.
        """
        ...

    async def exchange(self, seen: Job, ended: Job, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        """Store `job` as `add` does in the place of a waiting one, which becomes `ended`: both or neither.

        `seen` is the waiting one as it was seen; its reserved money is free before the other's is taken. Raises
        MovedOn when it does not wait like that any more, OverBudget, and TooManyWaiting.
        """
        ...

    async def claim(
        self, worker: str, places: ConcurrencyLimits, most: int, room: StepRoom | None = None
    ) -> Sequence[Lease]:
        """Lease due steps, and queued jobs in fair order while places are free; atomic over all processes.

        At most `most` altogether, and no more of a kind than there is `room` for: what waits for room holds no lease.
        A suspect is taken only where there is room for one. Without `room` it is a job like any other.
        """
        ...

    async def has_suspect(self) -> bool:
        """Whether a job past the queue waits to be tried alone: several processes died that had it under way."""
        ...

    async def extend(self, held: Iterable[tuple[JobId, int]]) -> Sequence[tuple[JobId, int]]:
        """Prolong these leases, named by job and epoch; what does not come back is lost."""
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
        """Write the job as it is now; `after` seconds it is due again (None: never by itself).

        The lease is handed back unless `keep`. In the same transaction `result` becomes the message that shows its
        video, and money follows the job: the first `cost` settles the reservation, coming to rest without one releases
        it (NeedsReview keeps it). Raises MovedOn, TwinInFlight for a Submitting job whose fingerprint another job in
        Submitting or Unknown has, HeldBack for a queued one to be sent while its server's queue is paused, and NotFree
        for a remote id that another job has.
        """
        ...

    async def hand_back(self, leases: Iterable[Lease]) -> None:
        """Give leases back unused, due at once."""
        ...

    async def count_crash(self, lease: Lease) -> None:
        """Give a lease back whose step failed: due after as long as a lease lasts. One that is gone is left alone."""
        ...

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        """Write what a person or the sweep decided about a job that was seen in a phase, over whoever holds it.

        For what was not sent, Unknown and NeedsReview. Whoever works on it is fenced; money follows as in `move`;
        leaving NeedsReview forgets earlier wishes to cancel. Raises MovedOn when it is not in that phase any more, and
        NotFree as `move` does.
        """
        ...

    async def cancel(self, job_id: JobId, by: int, *, unsent_only: bool = False) -> Job:
        """End a job that was not sent, and free its money; of one under way remember who asked, and make it due.

        `unsent_only`: one that is under way by now goes on as it is.
        """
        ...

    async def delivered(self, job_id: JobId) -> Job:
        """An Undelivered job was shown after all: it is Done. Anything else stays as it is. Raises NotFound."""
        ...

    async def mark_deleted(self, job_id: JobId) -> None:
        """Its files are gone, and its card has to go, so that is outdated now; what it cost stays in the ledger."""
        ...

    async def next_due(self, kinds: Collection[StepKind] | None = None) -> float | None:
        """Seconds until the next step, of these kinds, is due (never negative), or None when nothing waits."""
        ...

    async def bring_forward(self) -> int:
        """Make due now what waits longer than any step does, and end such leases; how many jobs that were.

        A clock that ran ahead put them off, and was set right since.
        """
        ...

    async def hurry(self, provider: str) -> None:
        """Make its jobs due at once that are queued, or whose download was put off: what they waited for is over."""
        ...

    async def nudge(self, job_id: JobId) -> None:
        """Make a rendering job due at once; any other stays as it is. A look under way still sets its own time."""
        ...


class JobQueries(Protocol):
    """Looking jobs up; nothing changes. What a newer version wrote and this one cannot read is left out."""

    async def get(self, job_id: JobId) -> Job | None: ...

    async def get_many(self, job_ids: Iterable[JobId]) -> Mapping[JobId, Job]:
        """Those of them that exist, asked for at once."""
        ...

    async def batch(self, lead: JobId) -> Sequence[Job]:
        """Those that were ordered together, in their order; none where this names no batch."""
        ...

    async def remixes(self, sources: Collection[JobId]) -> Sequence[Job]:
        """What was made of any of these videos, oldest first, deleted or not."""
        ...

    async def doubles(self, job_id: JobId) -> Sequence[Job]:
        """What was made beside it of the same order, oldest first, deleted or not."""
        ...

    async def latest(self, guild_id: int, owner_id: int | None, most: int) -> Sequence[Job]:
        """Newest first; one member's, or all of the server."""
        ...

    async def under_way(self, guild_id: int, skip: int = 0, most: int | None = None) -> Sequence[Job]:
        """The jobs of a server that are not at rest, in the order they will be served."""
        ...

    async def queue_totals(self, guild_id: int) -> QueueTotals: ...

    async def waiting(self, guild_id: int) -> Sequence[tuple[JobId, int]]:
        """The cards of those that are queued, in that order and each once, by whose they are; with their channels."""
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
        """Of all jobs of a server that may start now; those that wait for something else have no place.

        While its queue is paused, of all that wait.
        """
        ...
