"""Which orders bulk actions apply to, from indexes alone, however many jobs there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.phases import Failed, Phase, name_of
from bot.domain.queue.bulk import DeletableJob, Wanted
from storage.db.database import Database
from storage.db.keyset import later
from storage.jobs.mapping import bytes_in, jobs_of
from storage.tables import is_kept_at_rest, jobs


@wired
class SqlBulkQueries:
    """The BulkQueries."""

    database: Database

    async def failed(self, guild_id: int, since: datetime, after: Job | None, most: int) -> Sequence[Job]:
        beyond = [] if after is None else [later(jobs.c.created_at, jobs.c.id, after.created_at, after.id)]
        which = and_(_one_kind(guild_id, Failed), jobs.c.created_at >= since, *beyond)
        wanted = select(jobs).where(which).order_by(jobs.c.created_at, jobs.c.id).limit(most)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(wanted))

        return await self.database.read(read)

    async def answered(self, interactions: Collection[int]) -> frozenset[int]:
        asked = select(jobs.c.interaction_id).where(jobs.c.interaction_id.in_(interactions))

        async def read(connection: AsyncConnection) -> frozenset[int]:
            return frozenset((await connection.execute(asked)).scalars())

        return await self.database.read(read)

    async def deletable(self, guild_id: int, wanted: Wanted, most: int) -> Sequence[DeletableJob]:
        async def read(connection: AsyncConnection) -> list[DeletableJob]:
            found = list[DeletableJob]()
            for phase in wanted.phases:
                found += await _of_phase(connection, guild_id, phase, wanted, most)
            return sorted(found, key=lambda job: (job.created_at, job.id))[:most]

        return await self.database.read(read)


async def _of_phase(
    connection: AsyncConnection, guild_id: int, phase: type[Phase], wanted: Wanted, most: int
) -> list[DeletableJob]:
    """One phase at a time: each is a range of the index, in its order."""
    older = [] if wanted.before is None else [jobs.c.created_at < wanted.before]
    if wanted.owner_id is None:
        which = and_(_one_kind(guild_id, phase), *older)
    else:
        which = and_(_one_kind_of_member(guild_id, wanted.owner_id, phase), *older)
    few = select(jobs.c.id, jobs.c.created_at, jobs.c.cost, jobs.c.detail).where(which)
    rows = await connection.execute(few.order_by(jobs.c.created_at, jobs.c.id).limit(most))
    return [
        DeletableJob(
            id=JobId(row.id), created_at=row.created_at, cost=Usd(row.cost or 0), bytes=bytes_in(row.detail) or 0
        )
        for row in rows
    ]


def _one_kind(guild_id: int, phase: type[Phase]) -> ColumnElement[bool]:
    return and_(jobs.c.guild_id == guild_id, jobs.c.state == name_of(phase), is_kept_at_rest)


def _one_kind_of_member(guild_id: int, owner_id: int, phase: type[Phase]) -> ColumnElement[bool]:
    """Without the condition of the index above, lest SQLite looks for one member's through all of a server's."""
    theirs = and_(jobs.c.guild_id == guild_id, jobs.c.owner_id == owner_id, jobs.c.deleted.is_(False))
    return and_(theirs, jobs.c.state == name_of(phase))
