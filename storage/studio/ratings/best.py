"""A page of the videos that members like best. It begins next to a known video, so it costs the same however far on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.history import Cursor, Direction
from bot.domain.ids import number_of
from bot.domain.studio.library import VideoFilter, VideoPage
from storage.jobs.mapping import jobs_of
from storage.studio.ratings.tables import rated_videos
from storage.studio.search.index import number_at
from storage.tables import jobs

NOBODYS_SCORE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BestRated:
    """What anybody rated: by likes less dislikes, and of as many the newest first. `conditions`: of a job."""

    guild_id: int
    wanted: VideoFilter
    conditions: Sequence[ColumnElement[bool]]
    most: int

    async def page(self, connection: AsyncConnection, cursor: Cursor | None) -> VideoPage:
        """The best when there is no such video as the cursor's."""
        start = None if cursor is None else await _place(connection, cursor)
        back = start is not None and cursor is not None and cursor.direction is Direction.NEWER
        rows = (await connection.execute(self.query(start, back=back))).all()
        found, more, goes_on = jobs_of(rows[: self.most]), len(rows) > self.most, start is not None
        return VideoPage(
            wanted=self.wanted,
            jobs=found[::-1] if back else found,
            newer=more if back else goes_on,
            older=back or more,
        )

    def query(self, start: tuple[int, int] | None = None, *, back: bool = False) -> Select[*tuple[Any, ...]]:
        """Nearest first, and one more than fits on a page."""
        which = [rated_videos.c.guild_id == self.guild_id, *self.conditions]
        if self.wanted.owner_id is not None:
            which.append(rated_videos.c.owner_id == self.wanted.owner_id)
        place = (rated_videos.c.score, rated_videos.c.number)
        if start is not None:
            which.append(tuple_(*place) > tuple_(*start) if back else tuple_(*place) < tuple_(*start))
        order = [column if back else column.desc() for column in place]
        joined = select(jobs).join_from(rated_videos, jobs, jobs.c.id == rated_videos.c.job_id)
        return joined.where(*which).order_by(*order).limit(self.most + 1)


async def _place(connection: AsyncConnection, cursor: Cursor) -> tuple[int, int] | None:
    """Also of one whose ratings were taken back meanwhile: where it would be without any."""
    known = select(jobs.c.created_at, rated_videos.c.score)
    joined = known.join_from(jobs, rated_videos, rated_videos.c.job_id == jobs.c.id, isouter=True)
    row = (await connection.execute(joined.where(jobs.c.id == cursor.at))).one_or_none()
    if row is None:
        return None
    return NOBODYS_SCORE if row.score is None else row.score, number_at(row.created_at) + number_of(cursor.at)
