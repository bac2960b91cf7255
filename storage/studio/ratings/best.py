"""A page of the best rated videos. It begins next to a known video, so each page costs the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import number_of
from bot.domain.studio.library import Reader, VideoFilter, VideoPage
from storage.jobs.mapping import jobs_of
from storage.studio.ratings.tables import rated_videos
from storage.studio.search.index import NumberSpan, number_at
from storage.tables import jobs

NOBODYS_SCORE = 0
WITH_VIDEO = {HistoryFilter.ALL, HistoryFilter.FINISHED, HistoryFilter.KEPT}  # others have no video to rate


@wired
class BestRated:
    """Rated videos: by likes minus dislikes, with equal ones newest first.

    `conditions`: conditions on a job other than whose it is and which model it used.
    """

    guild_id: int
    wanted: VideoFilter
    reader: Reader
    conditions: Sequence[ColumnElement[bool]]
    most: int

    async def page(self, connection: AsyncConnection, cursor: Cursor | None) -> VideoPage:
        """The first page if the cursor's video does not exist."""
        if self.wanted.state not in WITH_VIDEO:
            return VideoPage(wanted=self.wanted, jobs=[], newer=False, older=False)
        start = None if cursor is None else await _place(connection, cursor)
        back = start is not None and cursor is not None and cursor.direction is Direction.NEWER
        rows = (await connection.execute(self.query(start, back=back))).all()
        found, more = jobs_of(rows[: self.most]), len(rows) > self.most
        return VideoPage.next_to(start, self.wanted, found, back=back, more=more)

    def query(self, start: tuple[int, int] | None = None, *, back: bool = False) -> Select[*tuple[Any, ...]]:
        """Closest first, and one more than fits on a page."""
        which = [*self._rated(), *self.conditions]
        place = (rated_videos.c.score, rated_videos.c.number)
        if start is not None:
            which.append(tuple_(*place) > tuple_(*start) if back else tuple_(*place) < tuple_(*start))
        order = [column if back else column.desc() for column in place]
        joined = select(jobs).join_from(rated_videos, jobs, jobs.c.id == rated_videos.c.job_id)
        return joined.where(*which).order_by(*order).limit(self.most + 1)

    def _rated(self) -> Iterator[ColumnElement[bool]]:
        """Conditions that the sums can check, so that few jobs are looked up in vain."""
        wanted, reader = self.wanted, self.reader
        yield rated_videos.c.guild_id == self.guild_id
        if wanted.owner_id is not None:
            yield rated_videos.c.owner_id == wanted.owner_id
        elif reader.channels is not None:
            here = rated_videos.c.channel_id.in_(sorted(reader.channels))
            yield or_(here, rated_videos.c.owner_id == reader.member_id)
        if wanted.model is not None:
            yield rated_videos.c.model == wanted.model
        # Not as a column, or SQLite would read and sort all of those days.
        number = func.coalesce(rated_videos.c.number, rated_videos.c.number)
        yield from NumberSpan.between(wanted.since, wanted.before).of(number)


async def _place(connection: AsyncConnection, cursor: Cursor) -> tuple[int, int] | None:
    """Also for a video whose ratings were taken back meanwhile: its place without any."""
    known = select(jobs.c.created_at, rated_videos.c.score)
    joined = known.join_from(jobs, rated_videos, rated_videos.c.job_id == jobs.c.id, isouter=True)
    row = (await connection.execute(joined.where(jobs.c.id == cursor.at))).one_or_none()
    if row is None:
        return None
    return NOBODYS_SCORE if row.score is None else row.score, number_at(row.created_at) + number_of(cursor.at)
