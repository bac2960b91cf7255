"""Which orders many can be made of, from indexes alone however many jobs there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.job import Job
from bot.domain.phases import Failed, Phase
from bot.domain.queue.bulk import Wanted
from storage.db.database import Database
from storage.jobs.mapping import jobs_of
from storage.tables import is_kept_at_rest, jobs


@dataclass(frozen=True, kw_only=True)
class SqlBulkQueries:
    """The BulkQueries."""

    database: Database

    async def failed(self, guild_id: int, since: datetime, after: Job | None, most: int) -> Sequence[Job]:
        later = [] if after is None else [_is_after(after)]
        wanted = _oldest(guild_id, Failed, jobs.c.created_at >= since, *later).limit(most)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(wanted))

        return await self.database.read(read)

    async def answered(self, interactions: Collection[int]) -> frozenset[int]:
        asked = select(jobs.c.interaction_id).where(jobs.c.interaction_id.in_(interactions))

        async def read(connection: AsyncConnection) -> frozenset[int]:
            return frozenset((await connection.execute(asked)).scalars())

        return await self.database.read(read)

    async def deletable(self, guild_id: int, wanted: Wanted, most: int) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> list[Job]:
            found = list[Job]()
            for phase in wanted.phases:
                found += await _of_phase(connection, guild_id, phase, wanted, most)
            return sorted(found, key=lambda job: (job.created_at, job.id))[:most]

        return await self.database.read(read)


async def _of_phase(
    connection: AsyncConnection, guild_id: int, phase: type[Phase], wanted: Wanted, most: int
) -> list[Job]:
    """One phase at a time: each is a range of the index, in its order."""
    older = [] if wanted.before is None else [jobs.c.created_at < wanted.before]
    if wanted.owner_id is None:
        oldest = _oldest(guild_id, phase, *older)
    else:
        oldest = _oldest_of_member(guild_id, wanted.owner_id, phase, *older)
    return jobs_of(await connection.execute(oldest.limit(most)))


def _oldest(guild_id: int, phase: type[Phase], *narrowed: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    one_kind = (jobs.c.guild_id == guild_id, jobs.c.state == phase.__name__.lower(), is_kept_at_rest)
    return select(jobs).where(*one_kind, *narrowed).order_by(jobs.c.created_at, jobs.c.id)


def _oldest_of_member(
    guild_id: int, owner_id: int, phase: type[Phase], *narrowed: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """Without the condition of the index above, lest SQLite looks for one member's through all of a server's."""
    theirs = (jobs.c.guild_id == guild_id, jobs.c.owner_id == owner_id, jobs.c.deleted.is_(False))
    of_phase = jobs.c.state == phase.__name__.lower()
    return select(jobs).where(*theirs, of_phase, *narrowed).order_by(jobs.c.created_at, jobs.c.id)


def _is_after(job: Job) -> ColumnElement[bool]:
    """The first condition follows from the second, but only a plain range begins inside the index."""
    at = jobs.c.created_at
    return and_(at >= job.created_at, or_(at > job.created_at, jobs.c.id > job.id))
