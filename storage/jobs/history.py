"""A member's videos page by page. A page begins next to a known video, so it costs the same however far back it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.history import Cursor, Direction, HistoryFilter, HistoryPage
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Cancelled, Done, Failed, NeedsReview, Phase, Undelivered
from storage.jobs.mapping import jobs_of
from storage.tables import jobs

ENDED: dict[HistoryFilter, type[Phase]] = {
    HistoryFilter.FINISHED: Done,
    HistoryFilter.KEPT: Undelivered,
    HistoryFilter.FAILED: Failed,
    HistoryFilter.CANCELLED: Cancelled,
    HistoryFilter.REVIEW: NeedsReview,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """Whose videos, which of them, and how many a page. Those no longer kept are in ALL only."""

    guild_id: int
    owner_id: int
    which: HistoryFilter
    most: int

    async def newest(self, connection: AsyncConnection) -> HistoryPage:
        found, more = await self._read(connection, self.query())
        return HistoryPage(which=self.which, jobs=found, newer=False, older=more)

    async def turned(self, connection: AsyncConnection, cursor: Cursor) -> HistoryPage:
        """The videos next to the cursor's; the newest when there is no such video."""
        start = await _ordered_at(connection, cursor.at)
        if start is None:
            return await self.newest(connection)
        found, more = await self._read(connection, self.query(cursor, start))
        if cursor.direction is Direction.OLDER:
            return HistoryPage(which=self.which, jobs=found, newer=True, older=more)
        return HistoryPage(which=self.which, jobs=found[::-1], newer=more, older=True)

    def query(self, cursor: Cursor | None = None, start: datetime | None = None) -> Select[*tuple[Any, ...]]:
        """Nearest first, and one more than fits on a page. `start` is when the cursor's video was ordered."""
        mine = [jobs.c.guild_id == self.guild_id, jobs.c.owner_id == self.owner_id]
        if self.which is not HistoryFilter.ALL:
            mine += [jobs.c.state == ENDED[self.which].__name__.lower(), jobs.c.deleted.is_(False)]
        if cursor is not None and start is not None:
            mine.append(_beyond(cursor, start))
        forwards = cursor is not None and cursor.direction is Direction.NEWER
        order = [column if forwards else column.desc() for column in (jobs.c.created_at, jobs.c.id)]
        return select(jobs).where(*mine).order_by(*order).limit(self.most + 1)

    async def _read(self, connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> tuple[list[Job], bool]:
        rows = (await connection.execute(query)).all()
        return jobs_of(rows[: self.most]), len(rows) > self.most


async def _ordered_at(connection: AsyncConnection, job_id: JobId) -> datetime | None:
    row = (await connection.execute(select(jobs.c.created_at).where(jobs.c.id == job_id))).one_or_none()
    return None if row is None else row.created_at


def _beyond(cursor: Cursor, start: datetime) -> ColumnElement[bool]:
    """Strictly older or newer; ids decide between videos of the same moment.

    The first condition follows from the second, but only a plain range makes SQLite begin inside the index.
    """
    at, name = jobs.c.created_at, jobs.c.id
    if cursor.direction is Direction.OLDER:
        return and_(at <= start, or_(at < start, name < cursor.at))
    return and_(at >= start, or_(at > start, name > cursor.at))
