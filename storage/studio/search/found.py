"""A page of the videos that have some words in their prompts, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    bindparam,
    cast,
    column,
    false,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.history import Cursor, Direction
from bot.domain.ids import number_of
from bot.domain.studio.library import Reader, VideoFilter, VideoPage
from bot.domain.texts.searching import SearchTerm, terms_of
from storage.jobs.mapping import jobs_of
from storage.studio.search.index import (
    OPEN_TAG,
    POSTGRESQL,
    guild_tag,
    model_tag,
    number_at,
    number_column,
    numbered_within,
    owner_tag,
    video_words,
)
from storage.studio.search.walk import is_complete
from storage.tables import jobs

Rows = Sequence[Row[*tuple[Any, ...]]]

RECENT = 5000  # of a server's videos that are looked through one by one; words that are rarer there have a short list
FEW = 10_000  # videos of a member on all servers; their own list is looked through
DENSE = 30  # of the recent ones; what fewer of them have is soon listed
FURTHER = 40_000  # likewise, where many have the words and few of them are wanted: their list would be long

# PostgreSQL plans a statement anew the first five times only, and then for any words: a list of some is as long as all.
PLAN_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSearch:
    """`conditions`: what else must hold of a job, as of what the reader may know."""

    guild_id: int
    wanted: VideoFilter
    reader: Reader
    conditions: Sequence[ColumnElement[bool]]
    most: int

    async def page(self, connection: AsyncConnection, cursor: Cursor | None) -> VideoPage:
        """The newest when there is no such video as the cursor's."""
        terms = terms_of(self.wanted.words)
        start = None if cursor is None else await _number(connection, cursor)
        forwards = cursor is not None and start is not None and cursor.direction is Direction.NEWER
        rows = await self._rows(connection, terms, start, forwards=forwards) if terms else []
        found, more = jobs_of(rows[: self.most]), len(rows) > self.most
        page = VideoPage.next_to(start, self.wanted, found, back=forwards, more=more)
        return replace(page, searched_all=await is_complete(connection))

    def has_words(self, connection: AsyncConnection, number: ColumnElement[Any]) -> ColumnElement[bool]:
        """Of a row that has the number of a video: whether it is one of those."""
        terms = terms_of(self.wanted.words)
        if not terms:
            return false()
        if connection.dialect.name != POSTGRESQL:
            return number.in_(select(video_words.c.rowid).where(self._match(terms)))
        has_them = column("words").op("@@")(_tsquery(self._tags(), terms))
        return number.in_(select(video_words.c.number).where(video_words.c.guild_id == self.guild_id, has_them))

    async def _rows(
        self, connection: AsyncConnection, terms: Sequence[SearchTerm], start: int | None, *, forwards: bool
    ) -> Rows:
        """One more than fits on a page."""
        bounds = self._bounds(number_column(connection), start, forwards=forwards)
        if connection.dialect.name != POSTGRESQL:
            found = self._by_fts(terms, bounds, forwards=forwards)
            return (await connection.execute(found)).all()
        query = _tsquery(self._tags(), terms)
        await connection.execute(PLAN_EACH)
        recent = await self._looked_through(connection, RECENT, query, bounds, forwards=forwards)
        if len(recent) > self.most:
            return recent
        if await self._is_of_few(connection):
            return (await connection.execute(self._of_member(query, terms, bounds, forwards=forwards))).all()
        recents = self._recent(RECENT, bounds, forwards=forwards)
        number, with_words = func.count(), func.count().filter(recents.c.words.op("@@")(query))
        there, matching = (await connection.execute(select(number, with_words).select_from(recents))).one()
        if there < RECENT:
            return recent  # there are no others
        if matching > DENSE:
            further = await self._looked_through(connection, FURTHER, query, bounds, forwards=forwards)
            if len(further) > self.most:
                return further
        return (await connection.execute(self._by_gin(query, bounds, forwards=forwards))).all()

    def _by_fts(
        self, terms: Sequence[SearchTerm], bounds: Sequence[ColumnElement[bool]], *, forwards: bool
    ) -> Select[*tuple[Any, ...]]:
        """FTS5 hands out rows in the order of their numbers, and only as many as are taken."""
        joined = select(jobs).join_from(video_words, jobs, jobs.c.id == video_words.c.job)
        return self._ordered(
            joined.where(self._match(terms), *bounds, *self.conditions), video_words.c.rowid, forwards=forwards
        )

    def _match(self, terms: Sequence[SearchTerm]) -> ColumnElement[bool]:
        return literal_column("video_words").op("MATCH")(bindparam("match", _fts_query(self._tags(), terms)))

    async def _looked_through(
        self,
        connection: AsyncConnection,
        number: int,
        query: ColumnElement[Any],
        bounds: Sequence[ColumnElement[bool]],
        *,
        forwards: bool,
    ) -> Rows:
        """For words that are in many prompts: a list of all that have them would be long."""
        recent = self._recent(number, bounds, forwards=forwards)
        return (await connection.execute(self._joined(recent, recent.c.words.op("@@")(query), forwards=forwards))).all()

    def _recent(self, number: int, bounds: Sequence[ColumnElement[bool]], *, forwards: bool) -> Subquery:
        of_guild = select(video_words.c.number, video_words.c.job, column("words"))
        of_guild = of_guild.where(video_words.c.guild_id == self.guild_id, *bounds)
        order = video_words.c.number if forwards else video_words.c.number.desc()
        return of_guild.order_by(order).limit(number).subquery("recent")

    def _by_gin(
        self, query: ColumnElement[Any], bounds: Sequence[ColumnElement[bool]], *, forwards: bool
    ) -> Select[*tuple[Any, ...]]:
        """In the order of their numbers before their jobs are looked up, so that only those of the page are.

        Without the offset PostgreSQL would look up all of them, and sort then.
        """
        has_words = column("words").op("@@")(query)
        order = video_words.c.number if forwards else video_words.c.number.desc()
        hits = select(video_words.c.number, video_words.c.job).where(has_words, *bounds).order_by(order).offset(0)
        return self._joined(hits.subquery("hits"), None, forwards=forwards)

    async def _is_of_few(self, connection: AsyncConnection) -> bool:
        """Whether they are one member's who has so few that all of them can be looked through."""
        if self.wanted.owner_id is None:
            return False
        theirs = select(jobs.c.id).where(jobs.c.owner_id == self.wanted.owner_id).limit(FEW + 1).subquery()
        return ((await connection.execute(select(func.count()).select_from(theirs))).scalar_one()) <= FEW

    def _of_member(
        self,
        query: ColumnElement[Any],
        terms: Sequence[SearchTerm],
        bounds: Sequence[ColumnElement[bool]],
        *,
        forwards: bool,
    ) -> Select[*tuple[Any, ...]]:
        """Where most prompts have the words, their list would be long, and a member's own is short.

        Whole words make it shorter; beginnings would first have the index list all that begins so. As no column, the
        server keeps PostgreSQL from reading all of its videos in a plan that knows no words.
        """
        theirs = column("words").op("@@")(_tsquery([[owner_tag(self.wanted.owner_id or 0)]], _whole(terms)))
        of_member = select(video_words.c.number, video_words.c.job, column("words"))
        here = func.coalesce(video_words.c.guild_id, video_words.c.guild_id) == self.guild_id
        of_member = of_member.where(theirs, here, *bounds).offset(0)
        found = of_member.subquery("of_member")
        return self._joined(found, found.c.words.op("@@")(query), forwards=forwards)

    def _joined(
        self, found: Subquery, where: ColumnElement[bool] | None, *, forwards: bool
    ) -> Select[*tuple[Any, ...]]:
        joined = select(jobs).join_from(found, jobs, jobs.c.id == found.c.job).where(*self.conditions)
        return self._ordered(joined if where is None else joined.where(where), found.c.number, forwards=forwards)

    def _ordered(
        self, found: Select[*tuple[Any, ...]], number: ColumnElement[Any], *, forwards: bool
    ) -> Select[*tuple[Any, ...]]:
        return found.order_by(number if forwards else number.desc()).limit(self.most + 1)

    def _bounds(
        self, number: ColumnElement[Any], start: int | None, *, forwards: bool
    ) -> Sequence[ColumnElement[bool]]:
        bounds = numbered_within(number, self.wanted.since, self.wanted.before)
        if start is not None:
            bounds.append(number > start if forwards else number < start)
        return bounds

    def _tags(self) -> Sequence[Sequence[str]]:
        """All of these, of each any."""
        tags = [[guild_tag(self.guild_id)]]
        if self.wanted.model is not None:
            tags.append([model_tag(self.wanted.model)])
        if self.wanted.owner_id is not None:
            tags.append([owner_tag(self.wanted.owner_id)])
        if self.wanted.owner_id != self.reader.member_id and self.reader.private_since is None:
            tags.append([OPEN_TAG, owner_tag(self.reader.member_id)])
        return tags


def _whole(terms: Sequence[SearchTerm]) -> Sequence[SearchTerm]:
    """The words that are no mere beginnings, each by itself: an index does not know what follows what."""
    words = dict.fromkeys(word for term in terms for word in term.words[: -1 if term.begins else None])
    return [SearchTerm(words=(word,), begins=False) for word in words]


async def _number(connection: AsyncConnection, cursor: Cursor) -> int | None:
    created_at: datetime | None = await connection.scalar(select(jobs.c.created_at).where(jobs.c.id == cursor.at))
    return None if created_at is None else number_at(created_at) + number_of(cursor.at)


def _fts_query(tags: Sequence[Sequence[str]], terms: Sequence[SearchTerm]) -> str:
    """https://www.sqlite.org/fts5.html#full_text_query_syntax"""
    all_tags = " AND ".join(f"({' OR '.join(any_of)})" for any_of in tags)
    words = " AND ".join(f'"{" ".join(term.words)}"{" *" if term.begins else ""}' for term in terms)
    return f"{{tags}} : ({all_tags}) AND {{words}} : ({words})"


def _tsquery(tags: Sequence[Sequence[str]], terms: Sequence[SearchTerm]) -> ColumnElement[Any]:
    """https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY"""
    from sqlalchemy.dialects.postgresql import TSQUERY  # noqa: PLC0415 - as in storage.db.upserts

    all_tags = [" | ".join(f"'@{tag}'" for tag in any_of) for any_of in tags]
    phrases = [" <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.begins else "") for term in terms]
    return cast(bindparam(None, " & ".join(f"({each})" for each in (*all_tags, *phrases))), TSQUERY)
