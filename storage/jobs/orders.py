"""How an order is accepted: stored and its price reserved, or refused. Within its caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, ScalarSelect, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.accounts import is_own
from bot.domain.errors import TooManyWaiting
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job, total_of
from bot.domain.messages import Count, Message, msg, msg_n
from bot.domain.money.allowances import Allowances
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.db import upserts
from storage.db.time_types import present
from storage.guilds import calendar_of, known_calendar, month_terms
from storage.jobs.fair_queue import is_queued
from storage.jobs.guild_terms import OF_JOB, GuildTerms, guild_terms
from storage.jobs.mapping import job_of, jobs_of, row_of
from storage.keys import funds
from storage.money import ledger
from storage.money.scopes import ScopeUse
from storage.queue.holds import check_is_open, check_takes_orders
from storage.studio.search import index as search_index
from storage.tables import awaits_approval, is_open, jobs
from storage.webhooks import outbox

NO_FREE_ID = "no free id was found for a new job"
ID_DRAWS = 20  # of 729 million ids; running out of attempts means that something else is wrong


@wired
class OrderTerms:
    """The terms on which orders are accepted."""

    budget: Usd  # a month's, for servers that set none
    member_waiting: int | None = None  # how many orders of one member may wait on a server

    async def order(self, connection: AsyncConnection, clock: Clock, job: Job, allowances: Allowances) -> Job:
        """Store an order and reserve its quote.

        Returns the job as stored. Raises OverBudget, TooManyWaiting and QueueClosed.
        """
        return (await self.order_all(connection, clock, [job], allowances))[0]

    async def order_all(
        self, connection: AsyncConnection, clock: Clock, wanted: Sequence[Job], allowances: Allowances
    ) -> Sequence[Job]:
        """Likewise for one member's orders placed at once: all of them, or none. The first is their lead."""
        first = wanted[0]
        use = ScopeUse(
            connection=connection,
            guild_id=first.guild_id,
            owner_id=first.owner_id,
            allowances=allowances,
            calendar=known_calendar(first.guild_id) or await calendar_of(connection, first.guild_id),
            now=clock.now(),
        )
        lead, told = await _stored(connection, clock, first, use)
        if told is None:
            return [lead] if lead.batch is None else await batch_of(connection, lead.id)
        terms = await guild_terms(connection, told, self.budget)
        use = await _by_todays_calendar(use, lead, terms.month.calendar)
        others = [(await _stored(connection, clock, _led_by(lead, job), use))[0] for job in wanted[1:]]
        stored = [lead, *others]
        check_is_open(terms.hold)
        waiting = await self._reserve(connection, stored, use, terms)
        self._check_waiting(waiting, ordered=len(stored), to_come=0)
        await search_index.put(connection, *map(search_index.SearchedOrder.of, stored))
        return stored

    async def _reserve(
        self, connection: AsyncConnection, stored: Sequence[Job], use: ScopeUse, terms: GuildTerms
    ) -> int:
        """Reserve all their quotes in each account's own counter.

        Returns how many of their member's orders wait then.
        """
        at, accounts = use.calendar.local(use.now), sorted({job.account for job in stored if is_own(job.account)})
        if len(stored) > 1:
            await funds.take_counters(connection, use.guild_id, *{job.account for job in stored}, now=use.now)
        theirs = ledger.NOTHING if self.member_waiting is None else _waiting(use.guild_id, use.owner_id)
        waiting = 0
        for account in accounts:
            waiting = await funds.reserve(connection, [job for job in stored if job.account == account], at, theirs)
        if hosted := [job for job in stored if not is_own(job.account)]:
            budget = terms.month.budget
            waiting = await ledger.reserve(connection, hosted, budget, at, theirs)
            # Another order on the same server at the same time has had to wait for the row of its budget.
            await use.reserve(hosted)
            price = total_of(hosted)
            await outbox.tell_of_budget(connection, terms.told_of_budget, use.guild_id, price, budget, at=at)
        return waiting

    async def check(
        self,
        connection: AsyncConnection,
        guild_id: int,
        owner_id: int,
        price: Usd,
        *,
        at: datetime,
        allowances: Allowances,
        videos: int = 1,
    ) -> None:
        """Raise what an order of so many videos with this total would raise."""
        await check_takes_orders(connection, guild_id)
        terms = await month_terms(connection, guild_id, self.budget)
        await ledger.check(connection, guild_id, price, terms.budget, terms.calendar.local(at), videos=videos)
        use = ScopeUse(
            connection=connection,
            guild_id=guild_id,
            owner_id=owner_id,
            allowances=allowances,
            calendar=terms.calendar,
            now=at,
        )
        await use.check(price, videos)
        if self.member_waiting is not None:
            waiting = (await connection.execute(select(_waiting(guild_id, owner_id)))).scalar_one()
            self._check_waiting(waiting, ordered=videos, to_come=videos)

    def _check_waiting(self, waiting: int, *, ordered: int, to_come: int) -> None:
        """`ordered`: at once; `to_come`: how many of them do not wait yet."""
        if self.member_waiting is not None and waiting + to_come > self.member_waiting:
            raise TooManyWaiting(_too_many(ordered, self.member_waiting))


def _waiting(guild_id: int, owner_id: int) -> ScalarSelect[int]:
    """How many orders of a member wait on a server."""
    waits = or_(is_queued, awaits_approval)
    # Few rows, by the index of open orders; `+ 0` keeps databases from reading everything they ever ordered.
    theirs = and_(is_open, waits, jobs.c.guild_id == guild_id, jobs.c.owner_id + 0 == owner_id)
    return select(func.count()).where(theirs).scalar_subquery()


def _too_many(ordered: int, most: int) -> Message:
    if ordered > 1:
        return msg(
            "You can have up to {most} videos queued here at once, and these {ordered} would be too many. "
            "Wait until others start, or order fewer. You weren't charged.",
            most=Count(most),
            ordered=Count(ordered),
        )
    return msg_n(
        "You already have {count} video queued here, which is the limit. Wait until it starts, or cancel "
        "it. You weren't charged.",
        "You already have {count} videos queued here, which is the limit. Wait until one starts, or cancel "
        "one. You weren't charged.",
        most,
    )


async def _stored(
    connection: AsyncConnection, clock: Clock, job: Job, use: ScopeUse
) -> tuple[Job, Row[*tuple[Any, ...]] | None]:
    """The job with a free id, stored, and its OF_JOB; or what this very order has made before, and None."""
    for _ in range(ID_DRAWS):
        if (told := await _insert(connection, clock, job, _counted(job, use))) is not None:
            return job, told
        if earlier := await ordered_before(connection, job):
            return earlier, None
        job = _with_id(job, new_id())
    raise RuntimeError(NO_FREE_ID)


async def store_with_free_id(
    connection: AsyncConnection, clock: Clock, job: Job, counted: Mapping[str, Any]
) -> Job | None:
    """The job, stored; None if anything other than its id is taken. `counted`: see `_insert`."""
    for _ in range(ID_DRAWS):
        if await _insert(connection, clock, job, counted):
            return job
        if not await is_taken(connection, job.id):
            return None
        job = _with_id(job, new_id())
    raise RuntimeError(NO_FREE_ID)


async def is_taken(connection: AsyncConnection, job_id: JobId) -> bool:
    return (await connection.execute(select(jobs.c.id).where(jobs.c.id == job_id))).one_or_none() is not None


def _counted(job: Job, use: ScopeUse) -> Mapping[str, Any]:
    """The columns that say where a new job's money counts."""
    return funds.columns(job.account, use.calendar, use.now) if is_own(job.account) else use.columns()


async def _by_todays_calendar(use: ScopeUse, stored: Job, calendar: Calendar) -> ScopeUse:
    """If another process has given the server another time zone within the last second, the first job moves, too."""
    if calendar == use.calendar:
        return use
    moved = replace(use, calendar=calendar)
    counted = dict(_counted(stored, moved))
    await use.connection.execute(update(jobs).where(jobs.c.id == stored.id).values(counted))
    return moved


def _with_id(job: Job, id_: JobId) -> Job:
    """A batch is identified by the id of its lead."""
    batch = job.batch
    if batch is not None and batch.lead == job.id:
        batch = replace(batch, lead=id_)
    return replace(job, id=id_, batch=batch)


def _led_by(lead: Job, job: Job) -> Job:
    return job if job.batch is None else replace(job, batch=replace(job.batch, lead=lead.id))


async def batch_of(connection: AsyncConnection, lead: JobId) -> Sequence[Job]:
    """The jobs that were ordered together, in their order; empty if there is no such batch."""
    return jobs_of(await connection.execute(select(jobs).where(jobs.c.batch == lead).order_by(jobs.c.batch_number)))


async def _insert(
    connection: AsyncConnection, clock: Clock, job: Job, counted: Mapping[str, Any]
) -> Row[*tuple[Any, ...]] | None:
    """The terms by which it was stored; None if its id or its interaction is taken."""
    row = {
        **row_of(job),
        **counted,
        "reserved": job.quote.micros,
        "next_at": await present(connection, clock),
        "lease_epoch": 0,
        "crashes": 0,
    }
    new = upserts.insert(connection, jobs).on_conflict_do_nothing().returning(jobs.c.guild_id, *OF_JOB)
    # The row as parameters: building a statement around so many values takes longer than running it.
    return (await connection.execute(new, row)).one_or_none()


async def ordered_before(connection: AsyncConnection, job: Job) -> Job | None:
    """What this very order made: Discord sent it twice, or the answer to our COMMIT was lost."""
    same = and_(jobs.c.id == job.id, jobs.c.owner_id == job.owner_id, jobs.c.created_at == job.created_at)
    if job.interaction_id is not None:
        same = jobs.c.interaction_id == job.interaction_id
    row = (await connection.execute(select(jobs).where(same))).one_or_none()
    return None if row is None else job_of(row)
