"""A page of the videos whose prompts have certain words, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, column, false, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.history import Cursor, Direction
from bot.domain.ids import number_of
from bot.domain.studio.library import Reader, VideoFilter, VideoPage
from bot.domain.texts.searching import SearchTerm, terms_of
from storage.jobs.mapping import jobs_of
from storage.studio.search.index import (
    OPEN_TAG,
    POSTGRESQL,
    NumberSpan,
    guild_tag,
    model_tag,
    number_at,
    owner_tag,
    video_words,
)
from storage.studio.search.on_postgresql import PostgresqlSearch, Rows, tsquery
from storage.studio.search.walk import is_complete
from storage.tables import jobs


@wired
class WordSearch:
    """`conditions`: further conditions on a job, such as what the reader may see."""

    guild_id: int
    wanted: VideoFilter
    reader: Reader
    conditions: Sequence[ColumnElement[bool]]
    most: int

    async def page(self, connection: AsyncConnection, cursor: Cursor | None) -> VideoPage:
        """The newest page if the cursor's video does not exist."""
        terms = terms_of(self.wanted.words)
        start = None if cursor is None else await _number(connection, cursor)
        forwards = cursor is not None and start is not None and cursor.direction is Direction.NEWER
        rows = await self._rows(connection, terms, start, forwards=forwards) if terms else []
        found, more = jobs_of(rows[: self.most]), len(rows) > self.most
        page = VideoPage.next_to(start, self.wanted, found, back=forwards, more=more)
        return replace(page, searched_all=await is_complete(connection))

    def has_words(self, connection: AsyncConnection, number: ColumnElement[Any]) -> ColumnElement[bool]:
        """For a row with a video's number: whether it is one of those."""
        terms = terms_of(self.wanted.words)
        if not terms:
            return false()
        if connection.dialect.name != POSTGRESQL:
            return number.in_(select(video_words.c.rowid).where(self._match(terms)))
        has_them = column("words").op("@@")(tsquery(self._tags(), terms))
        return number.in_(select(video_words.c.number).where(video_words.c.guild_id == self.guild_id, has_them))

    async def _rows(
        self, connection: AsyncConnection, terms: Sequence[SearchTerm], start: int | None, *, forwards: bool
    ) -> Rows:
        """One more than fits on a page."""
        span = self._span(start, forwards=forwards)
        if connection.dialect.name != POSTGRESQL:
            return (await connection.execute(self._by_fts(terms, span, forwards=forwards))).all()
        search = PostgresqlSearch(
            guild_id=self.guild_id,
            tags=self._tags(),
            terms=terms,
            conditions=self.conditions,
            span=span,
            most=self.most + 1,
            forwards=forwards,
        )
        return await search.rows(connection)

    def _by_fts(self, terms: Sequence[SearchTerm], span: NumberSpan, *, forwards: bool) -> Select[*tuple[Any, ...]]:
        """FTS5 returns rows in the order of their numbers, and only as many as are read."""
        number = video_words.c.rowid
        joined = select(jobs).join_from(video_words, jobs, jobs.c.id == video_words.c.job)
        found = joined.where(self._match(terms), *span.of(number), *self.conditions)
        return found.order_by(number if forwards else number.desc()).limit(self.most + 1)

    def _match(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        return literal_column("video_words").op("MATCH")(bindparam("match", _fts_query(self._tags(), terms)))

    def _span(self, start: int | None, *, forwards: bool) -> NumberSpan:
        span = NumberSpan.between(self.wanted.since, self.wanted.before)
        return span if start is None else span.beyond(NumberSpan(begin=start, end=start + 1), forwards=forwards)

    def _tags(self) -> Sequence[Sequence[str]]:
        """All of the groups, any tag of each."""
        tags = [[guild_tag(self.guild_id)]]
        if self.wanted.model is not None:
            tags.append([model_tag(self.wanted.model)])
        if self.wanted.owner_id is not None:
            tags.append([owner_tag(self.wanted.owner_id)])
        if self.wanted.owner_id != self.reader.member_id and self.reader.private_since is None:
            tags.append([OPEN_TAG, owner_tag(self.reader.member_id)])
        return tags


async def _number(connection: AsyncConnection, cursor: Cursor) -> int | None:
    created_at: datetime | None = await connection.scalar(select(jobs.c.created_at).where(jobs.c.id == cursor.at))
    return None if created_at is None else number_at(created_at) + number_of(cursor.at)


def _fts_query(tags: Sequence[Sequence[str]], terms: Sequence[SearchTerm]) -> str:
    """https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    all_tags = " AND ".join(f"({' OR '.join(any_of)})" for any_of in tags)
    words = " AND ".join(f'"{" ".join(term.words)}"{" *" if term.begins else ""}' for term in terms)
    return f"{{tags}} : ({all_tags}) AND {{words}} : ({words})"
