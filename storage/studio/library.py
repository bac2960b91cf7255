"""The videos of a server page by page. A page starts next to a known video, so it costs the same however far back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Cancelled, Done, Failed, Phase, Undelivered, name_of
from bot.domain.studio.library import Reader, VideoFilter, VideoOrder, VideoPage
from storage.db.database import Database
from storage.db.keyset import earlier, later
from storage.jobs.mapping import jobs_of
from storage.studio.collections import is_in
from storage.studio.collections_table import collected_videos
from storage.studio.favourites_table import favourites
from storage.studio.ratings.best import BestRated
from storage.studio.ratings.sums import well_rated
from storage.studio.ratings.tables import rated_videos
from storage.studio.search.found import WordSearch
from storage.studio.search.walk import is_complete
from storage.tables import is_in_review, is_kept_at_rest, is_open, jobs

ENDED: dict[HistoryFilter, type[Phase]] = {
    HistoryFilter.FINISHED: Done,
    HistoryFilter.KEPT: Undelivered,
    HistoryFilter.FAILED: Failed,
    HistoryFilter.CANCELLED: Cancelled,
}
FEW = {HistoryFilter.KEPT, HistoryFilter.REVIEW, HistoryFilter.OPEN}  # videos are in such a state; an index has them


@wired
class SqlVideoLibrary:
    """The VideoLibrary."""

    database: Database

    async def page(
        self, guild_id: int, wanted: VideoFilter, reader: Reader, cursor: Cursor | None, most: int
    ) -> VideoPage:
        query = LibraryQuery(guild_id=guild_id, wanted=wanted, reader=reader, most=most)
        if wanted.order is VideoOrder.BEST:
            return await self.database.read(lambda connection: query.best_rated(connection, cursor))
        if wanted.words:
            return await self.database.read(lambda connection: query.by_words().page(connection, cursor))
        if cursor is None:
            return await self.database.read(query.newest)
        return await self.database.read(lambda connection: query.turned(connection, cursor))


@wired
class LibraryQuery:
    """Which videos of a server, for whom, and how many per page."""

    guild_id: int
    wanted: VideoFilter
    reader: Reader
    most: int

    def by_words(self) -> WordSearch:
        """Deleted videos have no words any more, even if a version without the index deleted them."""
        return WordSearch(
            guild_id=self.guild_id,
            wanted=self.wanted,
            reader=self.reader,
            conditions=[*self.conditions(), jobs.c.deleted.is_(False)],
            most=self.most,
        )

    async def best_rated(self, connection: AsyncConnection, cursor: Cursor | None) -> VideoPage:
        """Of the videos with the words, where some are searched for."""
        conditions = [*self._narrowed(), jobs.c.deleted.is_(False)]
        searched_all = True
        if self.wanted.words:
            conditions.append(self.by_words().has_words(connection, rated_videos.c.number))
            searched_all = await is_complete(connection)
        best = BestRated(
            guild_id=self.guild_id, wanted=self.wanted, reader=self.reader, conditions=conditions, most=self.most
        )
        return replace(await best.page(connection, cursor), searched_all=searched_all)

    async def newest(self, connection: AsyncConnection) -> VideoPage:
        found, more = await self._read(connection, self.query())
        return VideoPage.next_to(None, self.wanted, found, back=False, more=more)

    async def turned(self, connection: AsyncConnection, cursor: Cursor) -> VideoPage:
        """The videos next to the cursor's; the newest if there is no such video."""
        start = await _ordered_at(connection, cursor.at)
        if start is None:
            return await self.newest(connection)
        found, more = await self._read(connection, self.query(cursor, start))
        return VideoPage.next_to(start, self.wanted, found, back=cursor.direction is Direction.NEWER, more=more)

    def query(self, cursor: Cursor | None = None, start: datetime | None = None) -> Select[*tuple[Any, ...]]:
        """Nearest first, and one more than fits on a page. `start` is when the cursor's video was ordered."""
        which = [*self.conditions()]
        if cursor is not None and start is not None:
            which.append(_beyond(cursor, start, self._ordered_at()))
        forwards = cursor is not None and cursor.direction is Direction.NEWER
        order = [column if forwards else column.desc() for column in (self._ordered_at(), jobs.c.id)]
        return select(jobs).where(*which).order_by(*order).limit(self.most + 1)

    def _ordered_at(self) -> ColumnElement[datetime]:
        """When a video was ordered: for open ones not as a column, or all of a server's would be read in that order."""
        at = jobs.c.created_at
        return func.coalesce(at, at) if self.wanted.state is HistoryFilter.OPEN else at

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        wanted = self.wanted
        yield jobs.c.guild_id == self.guild_id
        if wanted.owner_id is not None:
            # Of few rows by their own index; `+ 0` keeps databases from reading all that they ever ordered.
            owner = jobs.c.owner_id + 0 if wanted.state in FEW else jobs.c.owner_id
            yield owner == wanted.owner_id
        if wanted.model is not None:
            yield jobs.c.model == wanted.model
        yield from self._narrowed()

    def _narrowed(self) -> Iterator[ColumnElement[bool]]:
        wanted = self.wanted
        if wanted.owner_id != self.reader.member_id:
            yield self._may_be_watched()
        if wanted.state is not HistoryFilter.ALL:
            yield self._is_in_state()
        if wanted.open_only:
            yield and_(jobs.c.private.is_(False), jobs.c.expired_at.is_(None))
        if wanted.favourites:
            theirs = select(favourites.c.job_id).where(favourites.c.member_id == self.reader.member_id)
            yield jobs.c.id.in_(theirs)
        if wanted.well_rated:
            yield jobs.c.id.in_(well_rated(self.guild_id))
        if wanted.collection is not None:
            yield jobs.c.id.in_(select(collected_videos.c.job_id).where(is_in(wanted.collection)))
        if wanted.since is not None:
            yield jobs.c.created_at >= wanted.since
        if wanted.before is not None:
            yield jobs.c.created_at < wanted.before

    def _may_be_watched(self) -> ColumnElement[bool]:
        """Their own, and, of what others have not deleted, what they may watch."""
        reader, since = self.reader, self.reader.private_since
        is_open_to_them: ColumnElement[bool] = jobs.c.private.is_(False)
        if since is not None:
            is_open_to_them = or_(is_open_to_them, jobs.c.created_at >= since)
        seen = [] if reader.channels is None else [jobs.c.channel_id.in_(sorted(reader.channels))]
        of_others = and_(jobs.c.owner_id != ERASED_MEMBER, jobs.c.deleted.is_(False), is_open_to_them, *seen)
        return or_(jobs.c.owner_id == reader.member_id, of_others)

    def _is_in_state(self) -> ColumnElement[bool]:
        state = self.wanted.state
        if state is HistoryFilter.OPEN:
            return is_open
        if state is HistoryFilter.REVIEW:
            return and_(is_in_review, jobs.c.deleted.is_(False))
        is_it = and_(jobs.c.state == name_of(ENDED[state]), jobs.c.deleted.is_(False))
        # SQLite looks for one member's through all of a server's where it may use the index of those at rest.
        uses_index = self.wanted.owner_id is None or state in FEW
        return and_(is_it, is_kept_at_rest) if uses_index else is_it

    async def _read(self, connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> tuple[list[Job], bool]:
        rows = (await connection.execute(query)).all()
        return jobs_of(rows[: self.most]), len(rows) > self.most


async def _ordered_at(connection: AsyncConnection, job_id: JobId) -> datetime | None:
    row = (await connection.execute(select(jobs.c.created_at).where(jobs.c.id == job_id))).one_or_none()
    return None if row is None else row.created_at


def _beyond(cursor: Cursor, start: datetime, at: ColumnElement[datetime]) -> ColumnElement[bool]:
    further = earlier if cursor.direction is Direction.OLDER else later
    return further(at, jobs.c.id, start, cursor.at)
