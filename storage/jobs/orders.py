"""How an order is taken: stored and its price reserved, or refused. Within its caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.accounts import is_own
from bot.domain.errors import TooManyWaiting
from bot.domain.ids import new_id
from bot.domain.job import Job
from bot.domain.messages import msg_n
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.db import upserts
from storage.db.time_types import present
from storage.guilds import month_terms
from storage.jobs.fair_queue import is_queued
from storage.jobs.mapping import job_of, row_of
from storage.keys import funds
from storage.money import ledger
from storage.money.scopes import ScopeUse
from storage.queue.holds import check_takes_orders
from storage.studio.search import index as search_index
from storage.tables import awaits_approval, is_open, jobs

ID_DRAWS = 20  # of 729 million ids; running out of draws means that something else is wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """On which orders are taken."""

    budget: Usd  # a month's, for servers that set none
    member_waiting: int | None = None  # how many orders of one member may wait on a server

    async def order(self, connection: AsyncConnection, clock: Clock, job: Job, allowances: Allowances) -> Job:
        """Store an order and reserve its quote; the job as stored.

        Raises OverBudget, TooManyWaiting and QueueClosed.
        """
        terms, now = await month_terms(connection, job.guild_id, self.budget), clock.now()
        use = ScopeUse(
            connection=connection,
            guild_id=job.guild_id,
            owner_id=job.owner_id,
            allowances=allowances,
            calendar=terms.calendar,
            now=now,
        )
        own = is_own(job.account)
        columns = funds.columns(job.account, terms.calendar, now) if own else use.columns()
        for _ in range(ID_DRAWS):
            if await _insert(connection, clock, job, columns):
                await check_takes_orders(connection, job.guild_id)
                if own:
                    await funds.reserve(connection, job, terms.calendar.local(now))
                else:
                    await ledger.reserve(connection, job, terms.budget, terms.calendar.local(now))
                    # Who orders on the same server at the same time has had to wait for the row of its budget.
                    await use.reserve(job)
                await self._check_waiting(connection, job.guild_id, job.owner_id, to_come=0)
                await search_index.put(connection, search_index.SearchedOrder.of(job))
                return job
            if earlier := await ordered_before(connection, job):
                return earlier
            job = replace(job, id=new_id())
        raise RuntimeError("no free id was found for a new job")

    async def check(
        self,
        connection: AsyncConnection,
        guild_id: int,
        owner_id: int,
        price: Usd,
        *,
        at: datetime,
        allowances: Allowances,
    ) -> None:
        """Raise what `order` would for one at this price."""
        await check_takes_orders(connection, guild_id)
        terms = await month_terms(connection, guild_id, self.budget)
        await ledger.check(connection, guild_id, price, terms.budget, terms.calendar.local(at))
        use = ScopeUse(
            connection=connection,
            guild_id=guild_id,
            owner_id=owner_id,
            allowances=allowances,
            calendar=terms.calendar,
            now=at,
        )
        await use.check(price)
        await self._check_waiting(connection, guild_id, owner_id, to_come=1)

    async def _check_waiting(self, connection: AsyncConnection, guild_id: int, owner_id: int, *, to_come: int) -> None:
        """`to_come`: orders beside those that wait already."""
        waits = or_(is_queued, awaits_approval)
        if self.member_waiting is None:
            return
        # Of few rows by the index of open orders; `+ 0` keeps databases from reading all that they ever ordered.
        theirs = and_(is_open, waits, jobs.c.guild_id == guild_id, jobs.c.owner_id + 0 == owner_id)
        waiting = (await connection.execute(select(func.count()).where(theirs))).scalar_one()
        if waiting + to_come > self.member_waiting:
            raise TooManyWaiting(
                msg_n(
                    "You already have {count} video queued here, which is the limit. Wait until it starts, or cancel "
                    "it. You weren't charged.",
                    "You already have {count} videos queued here, which is the limit. Wait until one starts, or cancel "
                    "one. You weren't charged.",
                    self.member_waiting,
                )
            )


async def _insert(connection: AsyncConnection, clock: Clock, job: Job, counted: Mapping[str, Any]) -> bool:
    """False when its id or its interaction is taken. `counted`: the columns that say where its money counts."""
    row = {
        **row_of(job),
        **counted,
        "reserved": job.quote.micros,
        "next_at": await present(connection, clock),
        "lease_epoch": 0,
        "crashes": 0,
    }
    new = upserts.insert(connection, jobs).values(row).on_conflict_do_nothing().returning(jobs.c.id)
    return (await connection.execute(new)).one_or_none() is not None


async def ordered_before(connection: AsyncConnection, job: Job) -> Job | None:
    """What this very order made: Discord sent it twice, or the answer to our COMMIT was lost."""
    same = and_(jobs.c.id == job.id, jobs.c.owner_id == job.owner_id, jobs.c.created_at == job.created_at)
    if job.interaction_id is not None:
        same = jobs.c.interaction_id == job.interaction_id
    row = (await connection.execute(select(jobs).where(same))).one_or_none()
    return None if row is None else job_of(row)
