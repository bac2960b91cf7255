"""What is stored about one member, on all servers, and its erasure.

Ledger rows outlive their member: the person in them is replaced by ERASED_MEMBER, which is the same for all, so that
nobody can tell whose they were, and every total stays the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.records import Record

ERASED_MEMBER = -1  # instead of a member; Discord's ids are positive, and 0 stands for everybody in totals


@value_object
class Stored:
    """How much is stored about a member."""

    orders: int = 0  # that were not erased yet, each with its prompt
    videos: int = 0
    pictures: int = 0  # that videos started from
    bytes: int = 0  # of the videos
    messages: int = 0  # in Discord that show a video, or how an order is doing
    cost_rows: int = 0  # of the ledger
    drafts: int = 0  # texts of forms whose order was refused
    facts: int = 0  # small ones: preferences, and what forms remember
    servers: int = 0
    keys: tuple[str, ...] = ()  # the ends of their own keys for services

    @property
    def any(self) -> bool:
        return self != Stored()


@value_object
class Remaining:
    """Which orders of an erasure are still there, and why."""

    under_way: int = 0  # paid and being made: they finish first
    undecided: int = 0  # may have been paid: a manager decides first

    @property
    def any(self) -> bool:
        return self.under_way + self.undecided > 0


@value_object
class Erased:
    """What an erasure has removed so far, and what others still have of it."""

    orders: int = 0
    videos: int = 0
    pictures: int = 0
    bytes: int = 0
    messages: int = 0
    cost_rows: int = 0
    drafts: int = 0
    facts: int = 0
    left_in_discord: int = 0  # videos of which a message could not be removed
    left_at_service: int = 0  # videos that their service keeps
    records_gone: bool = False

    def plus(self, other: Erased) -> Erased:
        names = [name for name in other.__dataclass_fields__ if name != "records_gone"]
        sums = {name: getattr(self, name) + getattr(other, name) for name in names}
        return replace(self, **sums, records_gone=self.records_gone or other.records_gone)


@value_object
class Erasure:
    """A member asked to have everything removed that was ordered until then."""

    member_id: int
    asked_at: datetime
    done: Erased = field(default_factory=Erased)
    ended_at: datetime | None = None


@value_object
class OwnRecords:
    """Which small facts are about a member: those under their id, and drafts, which say inside whose they are."""

    by_member: Sequence[Record[Any]]
    drafts: Record[Any]
    refusals: Sequence[Record[Any]] = ()  # texts of refused orders, which also say inside whose they are
    cases: Sequence[Record[Any]] = ()  # decisions of moderation: these stay, without the person


class OwnDataStore(Protocol):
    """What is stored about a member."""

    async def stored(self, member_id: int) -> Stored: ...

    async def jobs(self, member_id: int, after: Job | None, most: int) -> Sequence[Job]:
        """Their orders on all servers, oldest first; `after` is another one of them."""
        ...

    async def facts(self, member_id: int) -> Sequence[OwnFact]:
        """What is remembered about them, and the texts of their forms."""
        ...

    async def ledger(self, job_ids: Collection[JobId]) -> Sequence[LedgerLine]:
        """The ledger entries of these jobs, in the order they were written."""
        ...


@value_object
class LedgerLine:
    """One line of the ledger. Amounts are in micro-dollars."""

    job_id: JobId
    at: datetime
    kind: str
    reserved: int
    spent: int


@value_object
class OwnFact:
    """One small remembered fact. `value` consists of JSON's own types."""

    kind: str
    value: Any


class Archive(Protocol):
    """A zip file that is written outside the event loop and in parts, so that it may be larger than the memory."""

    async def begin(self, name: str) -> None:
        """What is written from now on goes into a file of this name."""
        ...

    async def write(self, text: str) -> None: ...

    async def end(self) -> None: ...

    async def add(self, name: str, path: Path) -> None:
        """A copy of a file, as it is."""
        ...

    async def size(self) -> int:
        """Bytes so far, plus everything that still has to be written about them."""
        ...


class Archives(Protocol):
    def open(self, path: Path) -> AbstractAsyncContextManager[Archive]:
        """A new archive. It is complete once this context is left."""
        ...


class ErasureStore(Protocol):
    """Erasures; a member has at most one at a time.

    Writes for a claim raise MovedOn once the claim is lost. Others can take a claim over if nothing was written for it
    for some minutes.
    """

    async def begin(self, member_id: int) -> bool:
        """False while an earlier one goes on."""
        ...

    async def of(self, member_id: int) -> Erasure | None:
        """The one that goes on, or ended in the last week."""
        ...

    async def unfinished(self) -> Sequence[int]:
        """Whose: the ids of the members."""
        ...

    async def claim(self, member_id: int, worker: str) -> Erasure | None:
        """None if somebody else works on it, or there is nothing to do."""
        ...

    async def waiting(self, erasure: Erasure) -> Sequence[Job]:
        """What can be cancelled free of charge, and what would be sent once more."""
        ...

    async def erasable(self, erasure: Erasure, most: int) -> Sequence[Job]:
        """Orders with which nothing more happens, and for which no money is held; oldest first."""
        ...

    async def remaining(self, erasure: Erasure) -> Remaining: ...

    async def forget_facts(self, member_id: int, worker: str) -> Erased:
        """Remove what is remembered about them; repeating it is harmless."""
        ...

    async def erase(self, job: Job, worker: str, removed: Erased) -> Erased:
        """Take the person out of an order and out of everything that was counted for it, in one transaction.

        `removed` is what was removed of it elsewhere. Returns everything erased so far.
        """
        ...

    async def release(self, erasure: Erasure, worker: str) -> bool:
        """Give the claim back. Returns whether nothing is left, so that the erasure is over."""
        ...

    async def clean(self) -> None:
        """Remove what no longer counts: old erasures, and usage of months that are over."""
        ...
