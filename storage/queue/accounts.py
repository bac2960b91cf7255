"""What runs and waits at each account, and orders that are moved from one to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.phases import Queued
from bot.domain.ports.clock import Clock
from bot.domain.queue.accounts import AccountLoad
from storage.db.database import Database
from storage.db.time_types import present
from storage.jobs.fair_queue import by_age, holds_place, is_free, is_queued
from storage.jobs.mapping import jobs_of, phase_columns
from storage.queue.holds import is_held_back
from storage.tables import is_open, jobs


@wired
class SqlAccountQueues:
    """The AccountQueues."""

    database: Database
    clock: Clock

    async def loads(self) -> Mapping[str, AccountLoad]:
        async def read(connection: AsyncConnection) -> Mapping[str, AccountLoad]:
            holds = holds_place(await present(connection, self.clock))
            rendering = func.sum(case((holds, 1), else_=0))
            waiting = func.sum(case((holds, 0), (is_queued, 1), else_=0))
            which = (is_open, or_(holds, is_queued))
            rows = await connection.execute(
                select(jobs.c.provider, rendering, waiting).where(*which).group_by(jobs.c.provider)
            )
            return {account: AccountLoad(rendering=runs, waiting=waits) for account, runs, waits in rows}

        return await self.database.read(read)

    async def movable(self, account: str, most: int) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> Sequence[Job]:
            now = await present(connection, self.clock)
            can_go = (jobs.c.source.is_(None), jobs.c.first_try.is_(None))
            which = (_waits_at(account), is_free(now), not_(is_held_back), *can_go)
            return jobs_of(await connection.execute(select(jobs).where(*which).order_by(*by_age).limit(most)))

        return await self.database.read(read)

    async def reassign(self, job: Job, account: str) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            now = await present(connection, self.clock)
            moved = replace(job, account=account, phase=Queued(elsewhere=_claims_in_vain(job)))
            changes = {"provider": account, "next_at": now, "lease_epoch": jobs.c.lease_epoch + 1}
            which = (jobs.c.id == job.id, _waits_at(job.account), is_free(now))
            done = await connection.execute(update(jobs).where(*which).values({**phase_columns(moved), **changes}))
            return done.rowcount == 1

        return await self.database.write(write)


def _claims_in_vain(job: Job) -> int:
    return job.phase.elsewhere if isinstance(job.phase, Queued) else 0


def _waits_at(account: str) -> ColumnElement[bool]:
    return and_(is_open, is_queued, jobs.c.provider == account, jobs.c.cancel_asked_by.is_(None))
