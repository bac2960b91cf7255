"""Leases: taking them, renewing them, releasing them.

A released lease is empty; one in the past therefore means that its holder died. What it died of is unknown: dozens of
steps were in progress. So a job that was repeatedly among them is tried alone, so that a crash can only be its own
doing.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Lease
from bot.domain.phases import Trait, names_with
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import SUSPECTED_AT, ConcurrencyLimits, StepKind, StepRoom, states_of
from storage.db.time_types import UtcDateTime, present
from storage.jobs.fair_queue import NOW, candidates, is_due, is_queued, may_start, slots
from storage.jobs.mapping import JobRow, job_of
from storage.locks import WholeLock, hold
from storage.tables import is_open, jobs, spelled_out

AT_ONCE = 32  # rows that are read as jobs in one go
LONGEST_WAIT = timedelta(hours=2)  # of a step; the longest is an hour, between two downloads
_works_alone = spelled_out(jobs.c.state, names_with(Trait.WORKS_ALONE))
_called_off = and_(is_queued, jobs.c.cancel_asked_by.is_not(None))
# Its claim counts as the next crash. In the queue nothing is running that could crash a process repeatedly.
is_suspect = and_(_works_alone, jobs.c.lease_until.is_not(None), jobs.c.crashes >= SUSPECTED_AT - 1)
ANY_QUEUED = select(exists(select(jobs.c.id).where(is_queued, is_due(NOW))))

Unreadable = set[tuple[str, int]]  # ids and epochs of rows that a newer version wrote


@wired
class Claim:
    """One worker's request for work, within one transaction."""

    connection: AsyncConnection
    clock: Clock
    worker: str
    seconds: float  # how long a lease lasts
    unreadable: Unreadable  # skipped, and added to
    room: StepRoom | None = None  # None: for any number of each kind, suspects among them

    async def due(self, most: int) -> list[Lease]:
        """Lease steps that need no free slot: of jobs past the queue, and of queued ones that were cancelled."""
        now = await present(self.connection, self.clock)
        leases = list[Lease]()
        for due, room in self._wanted(most):
            readable = due if not self.unreadable else due.where(is_readable(self.unreadable))
            leases += await self._take(readable, min(room, most - len(leases)), now)
        return leases

    def _wanted(self, most: int) -> list[tuple[Select[Any], int]]:
        """What to look for, and how much of it; kinds without capacity are not looked for."""
        if self.room is None:
            return [(_oldest(is_due(NOW), or_(_works_alone, _called_off)), most)]
        kinds = [kind for kind in self.room.kinds if kind is not StepKind.ORDER]
        return [(_due_steps(kind, of_suspects=self.room.for_suspect), self.room.of(kind)) for kind in kinds]

    async def queued(self, places: ConcurrencyLimits, most: int) -> list[Lease]:
        """Lease queued jobs in fair order while slots are free."""
        if self.room is not None:
            most = min(most, self.room.of(StepKind.ORDER))
        if most <= 0:
            return []
        now = await present(self.connection, self.clock)
        if not await self.connection.scalar(ANY_QUEUED, {"now": now}):
            return []  # most of the time; a claim of polls alone waits for nobody
        await hold(self.connection, WholeLock.PLACES)
        now = await present(self.connection, self.clock)
        taken = await slots(self.connection, places, now, self.room)
        free = min(most, taken.free)
        if free <= 0:
            return []
        # Cancelled jobs need no slot.
        which = and_(may_start(now), not_(_called_off), is_readable(self.unreadable))
        ids = taken.give(await candidates(self.connection, which, free), free)
        # Checked again with the rows locked: cancelling does not wait for the lock above.
        leases = await self._take(_oldest(jobs.c.id.in_(ids), is_queued, is_due(NOW)), free, now) if ids else []
        return sorted(leases, key=lambda lease: ids.index(lease.job.id))

    async def _take(self, oldest: Select[Any], most: int, now: datetime) -> list[Lease]:
        if most <= 0:
            return []
        rows = (await self.connection.execute(oldest, {"now": now, "most": most})).all()
        leases = await self._leases(rows)
        if not leases:
            return []
        await self.connection.execute(
            update(jobs)
            .where(jobs.c.id.in_([lease.job.id for lease in leases]))
            .values(
                lease_owner=self.worker,
                lease_until=now + timedelta(seconds=self.seconds),
                lease_epoch=jobs.c.lease_epoch + 1,
                crashes=jobs.c.crashes + case((jobs.c.lease_until.is_(None), 0), else_=1),
            )
        )
        return leases

    async def _leases(self, rows: Sequence[JobRow]) -> list[Lease]:
        """Pauses after each part of many rows so that other work gets the event loop."""
        leases = list[Lease]()
        for start in range(0, len(rows), AT_ONCE):
            part = map(self._lease, rows[start : start + AT_ONCE])
            leases += [lease for lease in part if lease is not None]
            await asyncio.sleep(0)
        return leases

    def _lease(self, row: JobRow) -> Lease | None:
        job = job_of(row)
        if job is None:
            self.unreadable.add((row.id, row.lease_epoch))
            return None
        crashes = row.crashes + (0 if row.lease_until is None else 1)
        return Lease(job=job, epoch=row.lease_epoch + 1, crashes=crashes)


def _oldest(*which: ColumnElement[bool]) -> Select[Any]:
    """At most `most` of them, without rows that somebody else is about to change."""
    oldest = select(jobs).where(*which).order_by(jobs.c.next_at, jobs.c.id).limit(bindparam("most"))
    return oldest.with_for_update(skip_locked=True)


@functools.cache
def _due_steps(kind: StepKind, *, of_suspects: bool) -> Select[Any]:
    return _oldest(is_due(NOW), is_step(kind), is_suspect if of_suspects else not_(is_suspect))


def is_step(kind: StepKind) -> ColumnElement[bool]:
    """The job's next step is of this kind, exactly as `kind_of` decides for a job."""
    states = spelled_out(jobs.c.state, states_of(kind))
    if kind is StepKind.ORDER:
        return and_(states, jobs.c.cancel_asked_by.is_(None))
    return or_(states, _called_off) if kind is StepKind.LOOK else states


def is_readable(unreadable: Unreadable) -> ColumnElement[bool]:
    """Not one of the rows that this version found unreadable."""
    if not unreadable:
        return true()
    return tuple_(jobs.c.id, jobs.c.lease_epoch).not_in(sorted(unreadable))


def is_held(lease: Lease) -> ColumnElement[bool]:
    """The fence: nobody has taken the job over, released it or cancelled it since this lease was given."""
    return and_(jobs.c.id == lease.job.id, jobs.c.lease_epoch == lease.epoch, jobs.c.lease_owner.is_not(None))


async def prolong(
    connection: AsyncConnection, held: list[tuple[JobId, int]], until: datetime
) -> list[tuple[JobId, int]]:
    """Job and epoch of each lease that the worker still has."""
    prolonged = await connection.execute(
        update(jobs)
        .where(tuple_(jobs.c.id, jobs.c.lease_epoch).in_(held), jobs.c.lease_owner.is_not(None))
        .values(lease_until=until)
        .returning(jobs.c.id, jobs.c.lease_epoch)
    )
    return [(JobId(row.id), row.lease_epoch) for row in prolonged]


def is_put_off(now: datetime, lease_seconds: float) -> ColumnElement[bool]:
    """Longer than any step waits, or held longer than any lease lasts: the clock was ahead when that was written."""
    longest = now + LONGEST_WAIT
    return and_(is_open, or_(jobs.c.next_at > longest, jobs.c.lease_until > longest + timedelta(seconds=lease_seconds)))


async def bring_forward(connection: AsyncConnection, now: datetime, lease_seconds: float) -> int:
    """Due now. Leases that last too long are over, as if their holders had died; renewed ones are kept."""
    too_long = jobs.c.lease_until > now + LONGEST_WAIT + timedelta(seconds=lease_seconds)
    due = {"next_at": now, "lease_until": case((too_long, literal(now, UtcDateTime())), else_=jobs.c.lease_until)}
    return (await connection.execute(update(jobs).where(is_put_off(now, lease_seconds)).values(due))).rowcount


async def has_suspect(connection: AsyncConnection, unreadable: Unreadable, now: datetime) -> bool:
    which = and_(is_due(now), is_suspect, is_readable(unreadable))
    return bool(await connection.scalar(select(exists().where(which))))


async def count_crash(connection: AsyncConnection, lease: Lease, due: datetime) -> None:
    counted = {"lease_owner": None, "lease_until": None, "next_at": due, "crashes": jobs.c.crashes + 1}
    await connection.execute(update(jobs).where(is_held(lease)).values(counted))


async def give_back(connection: AsyncConnection, leases: Iterable[Lease], now: datetime) -> None:
    """Due at once for the next worker; leases that were lost meanwhile are skipped."""
    for lease in leases:
        await connection.execute(
            update(jobs).where(is_held(lease)).values(lease_owner=None, lease_until=None, next_at=now)
        )
