"""An order that turns out to have been taken although another was sent in its place: stored as what it is, paid."""

from __future__ import annotations

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.accounts import is_own
from bot.domain.errors import MovedOn, NotFree
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.phases import Unsent
from bot.domain.ports.clock import Clock
from storage.guilds import month_terms
from storage.jobs.mapping import JobRow, job_of, row_of
from storage.jobs.orders import store_with_free_id
from storage.keys.funds import UNLIMITED, period_of
from storage.money import ledger
from storage.studio.search import index as search_index
from storage.tables import jobs
from storage.webhooks import outbox


async def add(connection: AsyncConnection, clock: Clock, job: Job, default: Usd) -> Job:
    """The job as stored, its quote reserved beyond any limit: it is spent already. Raises NotFree and MovedOn.

    `default`: the budget of a server that set none.
    """
    first = await _first(connection, job)
    await _release_video(connection, first, job)
    await _check_is_new(connection, job)
    terms = await month_terms(connection, job.guild_id, default)
    at = terms.calendar.local(clock.now())
    period = period_of(job.account, at)
    day = None if is_own(job.account) else terms.calendar.day_of(clock.now())
    counted = {"period": period, "day": day, "pool": first.pool, "grant_id": first.grant_id}
    stored = await store_with_free_id(connection, clock, job, counted)
    if stored is None:
        raise NotFree
    await ledger.promise(connection, [stored], period, UNLIMITED, at=clock.now())
    if not is_own(job.account):
        await outbox.promised(connection, job.guild_id, job.quote, terms.budget, at)
    await search_index.put(connection, search_index.SearchedOrder.of(stored))
    return stored


async def _first(connection: AsyncConnection, job: Job) -> JobRow:
    """The row of the job that it doubles, which stays unchanged meanwhile.

    Raises MovedOn if its request is no longer replaced, such as for a job whose owner was erased, and if nothing was
    sent in its place so far.
    """
    locked = select(jobs).where(jobs.c.id == job.doubles, jobs.c.owner_id == job.owner_id).with_for_update()
    row = (await connection.execute(locked)).one_or_none()
    first = None if row is None else job_of(row)
    if row is None or first is None or isinstance(first.phase, Unsent):
        raise MovedOn
    if all(each.sent_at != job.created_at for each in first.replaced):
        raise MovedOn
    return row


async def _release_video(connection: AsyncConnection, first: JobRow, job: Job) -> None:
    """A job that was sent once more refers to its first video until it has another one."""
    remote_id = row_of(job)["remote_id"]
    if first.remote_id == remote_id and first.detail.get("remote_id") != remote_id:
        await connection.execute(update(jobs).where(jobs.c.id == first.id).values(remote_id=None))


async def _check_is_new(connection: AsyncConnection, job: Job) -> None:
    same_video = and_(jobs.c.provider == job.account, jobs.c.remote_id == row_of(job)["remote_id"])
    same_order = and_(jobs.c.doubles == job.doubles, jobs.c.created_at == job.created_at)
    if (await connection.execute(select(exists().where(or_(same_video, same_order))))).scalar_one():
        raise NotFree
