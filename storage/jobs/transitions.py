"""The ways a job changes: it is advanced, exchanged, cancelled. Each within its caller's transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.access.rules import NO_VIDEO_HERE
from bot.domain.errors import HeldBack, MovedOn, NotFound, NotFree, TwinInFlight
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import Usd
from bot.domain.phases import (
    Cancelled,
    Done,
    NeedsReview,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unsent,
    name_of,
)
from bot.domain.ports.clock import Clock
from storage.db.time_types import present
from storage.jobs.claim import is_held
from storage.jobs.fair_queue import is_queued
from storage.jobs.mapping import JobRow, as_others_wrote, job_of, phase_columns, row_of
from storage.jobs.orders import OrderTerms, ordered_before
from storage.keys.funds import take_counters
from storage.messages import put_result
from storage.money import ledger
from storage.queue.holds import pause_of
from storage.reports import sums
from storage.tables import is_open, jobs
from storage.webhooks import outbox

QUEUED = name_of(Queued)


async def _check_not_paused(connection: AsyncConnection, row: JobRow) -> None:
    """A pause may have come between the claim and now. What was sent before is not called back."""
    if await pause_of(connection, row.guild_id) is not None:
        raise HeldBack


@wired
class Step:
    """What a worker wants to write for its lease."""

    lease: Lease
    job: Job
    after: float | None  # seconds until it is due again; None: never automatically
    keep_for: float | None  # seconds by which the lease is renewed; None: it is released
    result: PostedMessage | None = None  # the message that shows the video from now on

    async def take(self, connection: AsyncConnection, clock: Clock) -> Lease:
        """Raises MovedOn, TwinInFlight and HeldBack; then nothing is written."""
        held = select(jobs).where(is_held(self.lease)).with_for_update()
        before = (await connection.execute(held)).one_or_none()
        if before is None:
            raise MovedOn
        if before.state == QUEUED and isinstance(self.job.phase, Submitting):
            await _check_not_paused(connection, before)
        job = self._with_what_others_wrote(before)
        await self._write(connection, job, before, await present(connection, clock))
        if self.result is not None:  # before what follows, because webhooks report it
            await put_result(connection, job.id, self.result)
        await _follow(connection, before, job, clock.now())
        return Lease(job=job, epoch=self.lease.epoch, crashes=0)

    def _with_what_others_wrote(self, before: JobRow) -> Job:
        """A cancellation or deletion requested during the step is not undone by it; a cost is never forgotten."""
        cost = Usd(before.cost) if self.job.cost is None and before.cost is not None else self.job.cost
        return as_others_wrote(replace(self.job, cost=cost), before)

    async def _write(self, connection: AsyncConnection, job: Job, before: JobRow, now: datetime) -> None:
        kept = None if self.keep_for is None else now + timedelta(seconds=self.keep_for)
        values = {
            **row_of(job),
            "next_at": self._next_at(job, now),
            "lease_owner": before.lease_owner if kept else None,
            "lease_until": kept,
            "crashes": 0,
        }
        try:
            written = await connection.execute(update(jobs).where(is_held(self.lease)), values)
        except IntegrityError as error:
            raise _translated(error, job) from error
        if written.rowcount != 1:
            raise MovedOn

    def _next_at(self, job: Job, now: datetime) -> datetime | None:
        if job.is_at_rest:
            return None
        if job.cancel_asked_by is not None and self.lease.job.cancel_asked_by is None:
            return now  # requested during this step: the next one handles it
        if self.keep_for is not None:
            return now + timedelta(seconds=self.after or 0)  # if the holder dies, the job is found again
        return None if self.after is None else now + timedelta(seconds=self.after)


def _translated(error: IntegrityError, job: Job) -> Exception:
    """Which of the table's constraints a change would have violated."""
    if isinstance(job.phase, Submitting) and "fingerprint" in str(error.orig):
        return TwinInFlight()
    if "remote_id" in str(error.orig):
        return NotFree()
    return error


async def decide(connection: AsyncConnection, clock: Clock, seen: Job, job: Job, after: float | None) -> Job:
    """Write it, whoever holds the lease, if it is still in the phase it was seen in. Raises MovedOn and NotFree."""
    row, before = await _locked(connection, seen.id)
    if row is None or before is None or before.phase != seen.phase or before.cost != seen.cost:
        raise MovedOn
    # Restarting a job is deliberate; an earlier cancellation would end it at once.
    cancel_asked_by = None if isinstance(before.phase, NeedsReview) else before.cancel_asked_by
    decided = replace(as_others_wrote(job, row), cancel_asked_by=cancel_asked_by)
    now = await present(connection, clock)
    due = None if after is None or decided.is_at_rest else now + timedelta(seconds=after)
    free = {"lease_owner": None, "lease_until": None, "crashes": 0, "lease_epoch": row.lease_epoch + 1}
    try:
        values = {**row_of(decided), **free, "next_at": due}
        await connection.execute(update(jobs).where(jobs.c.id == seen.id), values)
    except IntegrityError as error:
        raise _translated(error, decided) from error
    await _follow(connection, row, decided, clock.now())
    return decided


@wired
class Exchange:
    """Another order in place of one that still waits: both change, or neither."""

    seen: Job
    ended: Job  # the waiting one, as it is afterwards
    job: Job  # the new one
    allowances: Allowances  # of the new one

    async def make(self, connection: AsyncConnection, clock: Clock, terms: OrderTerms) -> Job:
        """The new job as stored. Raises MovedOn if the other no longer waits, OverBudget and TooManyWaiting."""
        if earlier := await ordered_before(connection, self.job):
            return earlier
        accounts = (self.seen.account, self.job.account)
        await take_counters(connection, self.job.guild_id, *accounts, now=clock.now())
        await decide(connection, clock, self.seen, self.ended, None)  # first, so that its money is free
        return await terms.order(connection, clock, self.job, self.allowances)


async def hurry(connection: AsyncConnection, clock: Clock, provider: str) -> None:
    now = await present(connection, clock)
    put_off = or_(is_queued, jobs.c.state == name_of(Saving))
    waiting = and_(is_open, put_off, jobs.c.provider == provider, jobs.c.next_at > now)
    await connection.execute(update(jobs).where(waiting).values(next_at=now))


async def nudge(connection: AsyncConnection, clock: Clock, job_id: JobId) -> None:
    now = await present(connection, clock)
    waiting = and_(jobs.c.id == job_id, jobs.c.state == name_of(Rendering), jobs.c.next_at > now)
    await connection.execute(update(jobs).where(waiting).values(next_at=now))


async def cancel(
    connection: AsyncConnection, clock: Clock, job_id: JobId, by: int, *, unsent_only: bool = False
) -> Job:
    """End a job at once that was not sent; for one in progress record the request, if it applies to those. Raises
    NotFound.

    A queued job may be held by a worker about to send it. It is ended all the same: because of the new epoch, the
    intent that the worker has to store before it sends anything is refused, so it cannot be both cancelled and paid
    for.
    """
    row, job = await _locked(connection, job_id)
    if row is None or job is None:
        raise NotFound(NO_VIDEO_HERE)
    if job.is_at_rest:
        return job
    if isinstance(job.phase, Unsent):
        return await _end(connection, row, job.moved_to(Cancelled(by=by, finished_at=clock.now())), clock.now())
    if unsent_only:
        return job
    asked = replace(job, cancel_asked_by=job.cancel_asked_by or by)
    due = {"cancel_asked_by": asked.cancel_asked_by, "next_at": await present(connection, clock)}
    await connection.execute(update(jobs).where(jobs.c.id == job_id).values(due))
    return asked


async def deliver(connection: AsyncConnection, job_id: JobId, at: datetime) -> Job:
    """Undelivered becomes Done; anything else, and deleted ones, stay as they are. Raises NotFound."""
    _, job = await _locked(connection, job_id)
    if job is None:
        raise NotFound(NO_VIDEO_HERE)
    if not isinstance(job.phase, Undelivered) or job.deleted:
        return job
    kept = job.phase
    shown = job.moved_to(Done(video=kept.video, remote_id=kept.remote_id, finished_at=at, method=kept.method))
    still = and_(jobs.c.id == job_id, jobs.c.state == name_of(kept))
    await connection.execute(update(jobs).where(still).values(phase_columns(shown)))
    return shown


async def _locked(connection: AsyncConnection, job_id: JobId) -> tuple[JobRow | None, Job | None]:
    """Until the transaction ends. A row that cannot be read has no job."""
    row = (await connection.execute(select(jobs).where(jobs.c.id == job_id).with_for_update())).one_or_none()
    return row, None if row is None else job_of(row)


async def _end(connection: AsyncConnection, before: JobRow, job: Job, at: datetime) -> Job:
    ended = phase_columns(job) | {"lease_owner": None, "lease_until": None, "next_at": None}
    await connection.execute(
        update(jobs).where(jobs.c.id == job.id).values(lease_epoch=jobs.c.lease_epoch + 1, **ended)
    )
    await _follow(connection, before, job, at)
    return job


async def _follow(connection: AsyncConnection, before: JobRow, job: Job, at: datetime) -> None:
    """Bring money, totals and webhooks up to date with a change of a job, given its previous row."""
    entry = ledger.entry_for(before, job)
    if entry is not None:
        await ledger.post(connection, ledger.Subject.of(job), before.period, entry, at)
        if entry.ends_reservation:
            await connection.execute(update(jobs).where(jobs.c.id == job.id).values(reserved=None))
    await sums.follow(connection, before, job, at)
    await outbox.follow(connection, before.state, job, at)
