"""An order that turns out to have been taken although another was sent in its place: stored as what it is, paid."""

from __future__ import annotations

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.accounts import is_own
from bot.domain.errors import NotFree
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.guilds import month_terms
from storage.jobs.mapping import row_of
from storage.jobs.orders import store_with_free_id
from storage.keys.funds import UNLIMITED, period_of
from storage.money import ledger
from storage.studio.search import index as search_index
from storage.tables import jobs
from storage.webhooks import outbox


async def add(connection: AsyncConnection, clock: Clock, job: Job, default: Usd) -> Job:
    """The job as stored, its quote promised beyond any limit: it is spent already. Raises NotFree.

    `default`: the budget of a server that set none.
    """
    await _check_is_new(connection, job)
    terms = await month_terms(connection, job.guild_id, default)
    at = terms.calendar.local(clock.now())
    period, first = period_of(job.account, at), jobs.c.id == job.doubles
    drawn = (await connection.execute(select(jobs.c.pool, jobs.c.grant_id).where(first))).one()
    day = None if is_own(job.account) else terms.calendar.day_of(clock.now())
    counted = {"period": period, "day": day, "pool": drawn.pool, "grant_id": drawn.grant_id}
    stored = await store_with_free_id(connection, clock, job, counted)
    if stored is None:
        raise NotFree
    await ledger.promise(connection, [stored], period, UNLIMITED, clock.now())
    if not is_own(job.account):
        await outbox.promised(connection, job.guild_id, job.quote, terms.budget, at)
    await search_index.put(connection, search_index.SearchedOrder.of(stored))
    return stored


async def _check_is_new(connection: AsyncConnection, job: Job) -> None:
    same_video = and_(jobs.c.provider == job.account, jobs.c.remote_id == row_of(job)["remote_id"])
    same_order = and_(jobs.c.doubles == job.doubles, jobs.c.created_at == job.created_at)
    if (await connection.execute(select(exists().where(or_(same_video, same_order))))).scalar_one():
        raise NotFree
