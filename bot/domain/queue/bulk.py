"""Bulk actions: what is to be done with which orders, and how far that has come."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.ids import JobId, number_of
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Done, Failed, Phase, Undelivered
from bot.domain.ports.records import Record

MOST_ITEMS = 500  # in one go; more are left for the next
LASTS = timedelta(days=7)
FRESH = timedelta(minutes=15)  # a preview may be confirmed for so long
SILENT = timedelta(minutes=2)  # without a heartbeat: whoever worked on it is gone


class BulkKind(StrEnum):
    """The values are stored."""

    RETRY = "retry"  # order failed ones again, in their owners' names
    DELETE = "delete"  # remove the files and messages of videos
    TAKE_DOWN = "take-down"  # likewise, and nobody can show, remix or rerun them


class Leftover(StrEnum):
    """Why an item was skipped. The values are stored."""

    GONE = "gone"  # somebody else deleted it, or ordered it again
    BUDGET = "budget"  # it would cost more than is left
    WAITING = "waiting"  # its owner has as many orders waiting as they may
    DEARER = "dearer"  # than the preview said
    IMPOSSIBLE = "impossible"  # its model, picture or original is gone
    REFUSED = "refused"  # by the server's rules
    BROKEN = "broken"  # the bot could not; the log has more


class Deletable(StrEnum):
    """What /queue can bulk delete. The values are part of forms."""

    FINISHED = "finished"
    KEPT = "kept"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ALL = "all"


PHASE_OF: dict[Deletable, type[Phase]] = {
    Deletable.FINISHED: Done,
    Deletable.KEPT: Undelivered,
    Deletable.FAILED: Failed,
    Deletable.CANCELLED: Cancelled,
}


@value_object
class Wanted:
    """Which videos of a server are to be deleted."""

    which: Deletable = Deletable.FINISHED
    owner_id: int | None = None
    before: datetime | None = None  # ordered

    @property
    def phases(self) -> Sequence[type[Phase]]:
        return tuple(PHASE_OF.values()) if self.which is Deletable.ALL else (PHASE_OF[self.which],)


@value_object
class BulkPlan:
    """Exactly what a manager was shown: nothing else is done once they confirm."""

    id: str
    kind: BulkKind
    guild_id: int
    by: int
    made_at: datetime
    items: tuple[str, ...]  # ids of jobs, oldest first
    prices: tuple[int, ...] = ()  # of retries, in micro-dollars: what each may cost at most
    reason: str = ""  # of a take-down, for those who made the videos


@value_object
class Outcome:
    """What became of one item."""

    left: Leftover | None = None
    amount: int = 0  # micro-dollars ordered, or bytes removed
    remains: bool = False  # a copy of it remains, at its service or in Discord


@value_object
class BulkRun:
    """The progress of a plan. Each server has one, the latest."""

    plan: str
    token: str  # of the worker: a new start has a new one, which fences this one
    kind: BulkKind
    by: int
    total: int
    begun_at: datetime
    beat_at: datetime
    next: int = 0  # the next item; those before it are done, or were skipped for a reason
    done: int = 0
    amount: int = 0
    remains: int = 0
    left: Mapping[str, int] = field(default_factory=dict)  # how many, by Leftover
    stopped_by: int | None = None
    ended: bool = False
    interrupted: bool = False  # by the process that worked on it, which was asked to stop

    def is_worked_on(self, now: datetime) -> bool:
        return not self.ended and not self.interrupted and now - self.beat_at < SILENT

    def after(self, outcome: Outcome, now: datetime) -> BulkRun:
        """With one more item behind it."""
        left = dict(self.left)
        if outcome.left is not None:
            left[outcome.left.value] = left.get(outcome.left.value, 0) + 1
        return replace(
            self,
            next=self.next + 1,
            done=self.done + (outcome.left is None),
            amount=self.amount + outcome.amount,
            remains=self.remains + outcome.remains,
            left=left,
            beat_at=now,
        )


PLAN = Record("bulk plan", BulkPlan, lasts=LASTS)  # by its id
RUN = Record("bulk run", BulkRun, lasts=LASTS)  # by the server's id


@value_object
class DeletableJob:
    """As much of a job as a preview needs."""

    id: JobId
    created_at: datetime
    cost: Usd
    bytes: int  # of its video


class BulkQueries(Protocol):
    """Looking up orders for bulk actions; nothing changes."""

    async def failed(self, guild_id: int, since: datetime, after: Job | None, most: int) -> Sequence[Job]:
        """Orders that failed and were not deleted, oldest first; `after` is another one of them."""
        ...

    async def answered(self, interactions: Collection[int]) -> frozenset[int]:
        """Those of them that made a job."""
        ...

    async def deletable(self, guild_id: int, wanted: Wanted, most: int) -> Sequence[DeletableJob]:
        """At rest and not deleted, oldest first."""
        ...


class GuildPeople(Protocol):
    """Members of servers as they are now, without an interaction that shows them."""

    async def member(self, guild_id: int, user_id: int) -> Member:
        """Raises NotAllowed for members who have left, and Unavailable if Discord can't be asked."""
        ...


class BulkMessages(Protocol):
    """What Discord shows of orders in a bulk action."""

    async def show_card(self, job: Job) -> None:
        """Post the card of an order that answers nobody, unless it has one. What Discord refuses is skipped."""
        ...

    async def remove_posts(self, job_id: JobId) -> bool:
        """Whether no message shows the video any more."""
        ...


def retry_id(job_id: JobId) -> int:
    """Instead of an interaction's id, so that a failed order is retried only once. Negative, as Discord's never are."""
    return -1 - number_of(job_id)


def total_price(plan: BulkPlan) -> Usd:
    return Usd(sum(plan.prices))
