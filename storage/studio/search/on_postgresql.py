"""Finds videos by words on PostgreSQL: by scanning the newest, through the index, or both.

The index knows which videos on all servers have a word, but not their order; the same for pairs of consecutive words,
once all rows of the server have them. `ways` decides what is faster for these words on this server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Row,
    Select,
    Subquery,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object, wired
from bot.domain.texts.searching import SearchTerm
from storage.studio.search.index import FORM, NumberSpan, pair_marks, video_words
from storage.studio.search.ways import FromIndex, InOrder, Sample, ways
from storage.tables import jobs

Rows = Sequence[Row[*tuple[Any, ...]]]

RECENT = 2000  # of a server's videos that are scanned first; they show how to go on

# PostgreSQL replans a statement only the first five times, and then uses one plan for any words, as if all lists had
# the same length. It would also rather sort all videos of a server than scan them in order and stop.
IN_ORDER = text(
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_sort', 'off', true)"
)
SORTED = text("SET LOCAL enable_sort = on")
ON_ALL_SERVERS = literal_column("(SELECT reltuples FROM pg_class WHERE oid = 'video_words'::regclass)", Float)
UNCOUNTED = 1_000_000.0  # videos, if PostgreSQL has not counted them yet


@value_object
class Extent:
    """A server's numbers, roughly how many videos all servers have, and whether all rows have pairs."""

    span: NumberSpan
    everywhere: float
    has_pairs: bool


@wired
class PostgresqlSearch:
    """`tags`: all groups, any tag of each. `conditions`: further conditions on a job. `most`: rows, the closest."""

    guild_id: int
    tags: Sequence[Sequence[str]]
    terms: Sequence[SearchTerm]
    conditions: Sequence[ColumnElement[bool]]
    span: NumberSpan
    most: int
    forwards: bool
    recent: int = RECENT
    with_pairs: bool = False  # whether all rows have them

    async def rows(self, connection: AsyncConnection) -> Rows:
        await connection.execute(IN_ORDER)
        found = await self._looked_through(connection, self.recent)
        if len(found) == self.most:
            return found
        extent = await self._extent(connection)
        search = replace(self, with_pairs=extent.has_pairs)
        sample, rest = await search.sample(connection, extent)
        if sample.looked < self.recent:
            return found  # there are no more
        following = replace(search, span=rest, most=self.most - len(found))
        further = ways(sample, found=len(found), missing=following.most)
        return [*found, *(await following.along(connection, further))]

    async def along(self, connection: AsyncConnection, further: Sequence[InOrder | FromIndex]) -> Rows:
        """One way after another, until there are enough; the last one finds everything."""
        rows: Rows = []
        for way in further:
            rows = await self.by(connection, way)
            if len(rows) == self.most:
                break
        return rows

    async def by(self, connection: AsyncConnection, way: InOrder | FromIndex) -> Rows:
        match way:
            case InOrder(videos=videos):
                return await self._looked_through(connection, videos)
            case FromIndex(beginnings=beginnings):
                return await self._listed(connection, beginnings)

    async def _looked_through(self, connection: AsyncConnection, videos: int | None) -> Rows:
        """In their order, until there are enough; the index would list those of all servers."""
        near = self._near(videos)
        joined = self._joined(near).where(near.c.words.op("@@")(self._query()))
        return (await connection.execute(joined)).all()

    async def _listed(self, connection: AsyncConnection, beginnings: Sequence[int]) -> Rows:
        """Sorted by number before their jobs are looked up, so that only those on the page are.

        Without the offsets PostgreSQL would have the index list all matches and everything of that time, on all
        servers, look up all of their jobs, and sort them only then.
        """
        await connection.execute(SORTED)
        exact, every = self._parts()
        by_index = " & ".join([exact, *(every[each] for each in beginnings)])
        listed = select(video_words.c.number, video_words.c.job, column("words"))
        found = listed.where(column("words").op("@@")(_cast(by_index))).offset(0).subquery("listed")
        hits = select(found.c.number, found.c.job).where(found.c.words.op("@@")(self._query()))
        hits = hits.where(*self.span.of(found.c.number)).order_by(self._order(found.c.number)).offset(0)
        return (await connection.execute(self._joined(hits.subquery("hits")))).all()

    async def sample(self, connection: AsyncConnection, extent: Extent) -> tuple[Sample, NumberSpan]:
        """What the closest videos contain, and the span of those that follow them."""
        rows = await self._seen(connection)
        looked = sum(row[0] for row in rows)
        seen = NumberSpan(
            begin=min((row[2] for row in rows), default=0), end=max((row[3] for row in rows), default=0) + 1
        )
        rest = self.span.beyond(seen, forwards=self.forwards)
        sample = Sample(
            looked=looked,
            shapes={tuple(row[4:]): row[0] for row in rows},
            matching=sum(row[1] for row in rows),
            rest=min(looked * rest.within(extent.span).length / seen.length, extent.everywhere),
            server=min(looked * extent.span.length / seen.length, extent.everywhere),
            everywhere=extent.everywhere,
        )
        return sample, rest

    async def _seen(self, connection: AsyncConnection) -> Rows:
        """For each shape: how many, how many of them have everything in order, the first and the last number."""
        near = self._near(self.recent)
        exact, beginnings = self._parts()
        shape = [near.c.words.op("@@")(_cast(part)).label(f"has_{n}") for n, part in enumerate((exact, *beginnings))]
        number, matching = near.c.number, func.count().filter(near.c.words.op("@@")(self._query()))
        seen = select(func.count(), matching, func.min(number), func.max(number), *shape).group_by(*shape)
        return (await connection.execute(seen)).all()

    async def _extent(self, connection: AsyncConnection) -> Extent:
        number, here = video_words.c.number, video_words.c.guild_id == self.guild_id
        first, last = (select(end(number)).where(here).scalar_subquery() for end in (func.min, func.max))
        older = select(number).where(here, video_words.c.form < literal_column(str(FORM))).exists()
        row = (await connection.execute(select(first, last, ON_ALL_SERVERS, ~older))).one()
        return Extent(
            span=NumberSpan(begin=row[0] or 0, end=(row[1] or 0) + 1),
            everywhere=row[2] if row[2] > 0 else UNCOUNTED,
            has_pairs=row[3],
        )

    def _near(self, videos: int | None) -> Subquery:
        near = select(video_words.c.number, video_words.c.job, column("words"))
        near = near.where(video_words.c.guild_id == self.guild_id, *self.span.of(video_words.c.number))
        return near.order_by(self._order(video_words.c.number)).limit(videos).offset(0).subquery("near")

    def _joined(self, found: Subquery) -> Select[*tuple[Any, ...]]:
        joined = select(jobs).join_from(found, jobs, jobs.c.id == found.c.job).where(*self.conditions)
        return joined.order_by(self._order(found.c.number)).limit(self.most)

    def _order(self, number: ColumnElement[Any]) -> ColumnElement[Any]:
        return number if self.forwards else number.desc()

    def _query(self) -> ColumnElement[Any]:
        return tsquery(self.tags, self.terms)

    def _parts(self) -> tuple[str, Sequence[str]]:
        """What the index has a list of: tags, whole words or pairs of them as one query, and each prefix as one.

        Without tags that nearly all have. Positions are not in the index: it would read each video to check word order.
        Words that are part of an indexed pair are omitted, because their lists are much longer.
        """
        tags = [f"'@{any_of[0]}'" for any_of in self.tags if len(any_of) == 1]
        whole = [term.words[: -1 if term.begins else None] for term in self.terms]
        beginnings = [term.words[-1] for term in self.terms if term.begins]
        lists = ((pair_marks(words) if self.with_pairs else []) or words for words in whole)
        exact = dict.fromkeys([*tags, *(f"'{each}'" for listed in lists for each in listed)])
        return " & ".join(exact), [f"'{word}':*" for word in dict.fromkeys(beginnings)]


def tsquery(tags: Sequence[Sequence[str]], terms: Sequence[SearchTerm]) -> ColumnElement[Any]:
    """https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY"""
    all_tags = [" | ".join(f"'@{tag}'" for tag in any_of) for any_of in tags]
    phrases = [" <-> ".join(f"'{word}'" for word in term.words) + (":*" if term.begins else "") for term in terms]
    return _cast(" & ".join(f"({each})" for each in (*all_tags, *phrases)))


def _cast(query: str) -> ColumnElement[Any]:
    from sqlalchemy.dialects.postgresql import TSQUERY  # noqa: PLC0415 - as in storage.db.upserts

    return cast(bindparam(None, query), TSQUERY)
