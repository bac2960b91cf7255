"""Totals of kept videos, and those that have expired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.moderation.cases import CASE
from bot.domain.phases import Done, name_of
from bot.domain.retention.rounds import ROUNDS, KeptSum, RemovalRound
from bot.domain.studio.contests.contest import ContestState
from storage.db.database import Database
from storage.jobs.mapping import bytes_in, jobs_of
from storage.studio.collections_table import collected_videos
from storage.studio.contests.tables import contests, entries
from storage.studio.favourites_table import favourites
from storage.tables import OPEN_STATES, REVIEW_STATES, has_files, is_unmeasured, jobs, records, spelled_out

DONE = name_of(Done)
SUMS = (func.count().label("videos"), func.coalesce(func.sum(jobs.c.file_bytes), 0).label("bytes"))


@wired
class SqlKeptVideos:
    """The KeptVideos."""

    database: Database

    async def total(self) -> KeptSum:
        return await self._sum()

    async def of_guild(self, guild_id: int) -> KeptSum:
        return await self._sum(jobs.c.guild_id == guild_id)

    async def guilds(self) -> Sequence[int]:
        those = select(jobs.c.guild_id).where(has_files).distinct().order_by(jobs.c.guild_id)

        async def read(connection: AsyncConnection) -> list[int]:
            return [int(row.guild_id) for row in await connection.execute(those)]

        return await self.database.read(read)

    async def join(self, guild_id: int, planned: RemovalRound, most: int) -> int:
        others = jobs.c.removal_due_at.is_distinct_from(planned.due_at)
        is_planned = exists().where(records.c.namespace == ROUNDS.namespace, records.c.key == str(guild_id))
        some = select(jobs.c.id).where(has_files, _is_over(guild_id, planned), others, ~is_planned).limit(most)
        joined = update(jobs).where(jobs.c.id.in_(some)).values(removal_due_at=planned.due_at)

        async def write(connection: AsyncConnection) -> int:
            return (await connection.execute(joined)).rowcount

        return await self.database.write(write)

    async def expiring(self, guild_id: int, planned: RemovalRound) -> KeptSum:
        return await self._sum(_is_of(planned), _is_over(guild_id, planned))

    async def expire(self, guild_id: int, due: RemovalRound, at: datetime, most: int) -> Sequence[Job]:
        over = and_(has_files, _is_of(due), _is_over(guild_id, due))
        oldest = select(jobs).where(over).order_by(jobs.c.created_at, jobs.c.id).limit(most)

        async def write(connection: AsyncConnection) -> list[Job]:
            rows = (await connection.execute(oldest.with_for_update(skip_locked=True))).all()
            gone = jobs.c.id.in_([row.id for row in rows])
            await connection.execute(update(jobs).where(gone).values(expired_at=at, file_bytes=None))
            return jobs_of(rows)

        return await self.database.write(write)

    async def measure(self, most: int) -> int:
        if not await self.database.read(_has_unmeasured):  # nearly always: that keeps nobody from writing
            return 0
        return await self.database.write(partial(_measure, most=most))

    async def _sum(self, *where: ColumnElement[bool]) -> KeptSum:
        async def read(connection: AsyncConnection) -> KeptSum:
            row = (await connection.execute(select(*SUMS).where(has_files, *where))).one()
            return KeptSum(videos=int(row.videos), bytes=int(row.bytes))

        return await self.database.read(read)


def _is_of(planned: RemovalRound) -> ColumnElement[bool]:
    return jobs.c.removal_due_at == planned.due_at


def _is_over(guild_id: int, planned: RemovalRound) -> ColumnElement[bool]:
    over = and_(
        jobs.c.guild_id == guild_id,
        jobs.c.created_at < planned.ordered_before,
        jobs.c.state == DONE,
        *(~_is_started_from(), ~_is_in_a_contest(), ~_is_before_managers()),
    )
    if not planned.retention.marked_stay:
        return over
    starred = exists().where(favourites.c.job_id == jobs.c.id)
    collected = exists().where(collected_videos.c.job_id == jobs.c.id)
    return and_(over, ~starred, ~collected)


def _is_started_from() -> ColumnElement[bool]:
    """By an unfinished order, including one that waits for a manager."""
    going_on = jobs.alias("going_on")
    states = spelled_out(going_on.c.state, (*OPEN_STATES, *REVIEW_STATES))
    return exists().where(going_on.c.source == jobs.c.id, states)


def _is_in_a_contest() -> ColumnElement[bool]:
    """Until it has ended and its result, with stills of the winners, is posted."""
    goes_on = or_(contests.c.state == ContestState.OPEN, contests.c.due_at.is_not(None))
    return exists().where(entries.c.job_id == jobs.c.id, entries.c.contest == contests.c.id, goes_on)


def _is_before_managers() -> ColumnElement[bool]:
    """Reported, and not decided. Read as text, so that an unreadable case keeps its video as well."""
    decided = cast(records.c.value, Text).contains('"decision": {', autoescape=True)
    return exists().where(records.c.namespace == CASE.namespace, records.c.key == jobs.c.id, ~decided)


async def _has_unmeasured(connection: AsyncConnection) -> bool:
    return (await connection.execute(select(jobs.c.id).where(is_unmeasured).limit(1))).first() is not None


async def _measure(connection: AsyncConnection, most: int) -> int:
    rows = (await connection.execute(select(jobs.c.id, jobs.c.detail).where(is_unmeasured).limit(most))).all()
    sizes = [{"job": row.id, "measured": bytes_in(row.detail) or 0} for row in rows]
    if sizes:
        one = update(jobs).where(jobs.c.id == bindparam("job")).values(file_bytes=bindparam("measured"))
        await connection.execute(one, sizes)
    return len(sizes)
