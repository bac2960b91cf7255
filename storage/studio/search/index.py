"""The words of prompts, stored for searching: FTS5 on SQLite, a GIN index on PostgreSQL.

It is updated in the same transaction that orders, deletes or erases a video. It is not among the common tables: the two
kinds of database store it differently, and it can be rebuilt from the jobs at any time (see
`storage.studio.search.walk`).

Videos are numbered by the time of their order, so that they are found newest first without sorting.

PostgreSQL's index does not know the positions of words: for a phrase it would return all videos that have its words
anywhere. So the pairs of consecutive words are indexed, too, each as one of 65,536 marks: few enough that the index
stays small, while a pair of two frequent words still leads to few videos.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, column, delete, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.ids import JobId, number_of
from bot.domain.job import Job
from bot.domain.texts.searching import words_of
from storage.db.time_types import EPOCH, UtcDateTime
from storage.tables import jobs

SECOND = 2**30  # numbers in each second: more than there are ids
LAST_PLACE = 16_383  # of a word in a text, on PostgreSQL
POSTGRESQL = "postgresql"
FORM = 2  # of a row on PostgreSQL: with word pairs. Versions without them write 1

video_words = table("video_words", column("guild_id"), column("number"), column("rowid"), column("job"), column("form"))
video_words_walk = table(
    "video_words_walk",
    column("id"),
    column("begun_at", UtcDateTime),
    column("since", UtcDateTime),
    column("guild_id", BigInteger),
    column("at", UtcDateTime),
    column("job"),
    column("ended_at", UtcDateTime),
)

PUT = {
    "sqlite": text("INSERT INTO video_words (rowid, job, words, tags) VALUES (:number, :job, :words, :tags)"),
    POSTGRESQL: text(
        "INSERT INTO video_words (guild_id, number, job, words, form) "
        "VALUES (:guild_id, :number, :job, CAST(:words AS tsvector), :form) ON CONFLICT (guild_id, number) "
        "DO UPDATE SET words = excluded.words, form = excluded.form WHERE video_words.form < excluded.form"
    ),
}


@value_object
class SearchedOrder:
    """The parts of an order by which it is found."""

    job_id: JobId
    guild_id: int
    owner_id: int
    private: bool
    model: str
    prompt: str
    created_at: datetime

    @classmethod
    def of(cls, job: Job) -> SearchedOrder:
        return cls(
            job_id=job.id,
            guild_id=job.guild_id,
            owner_id=job.owner_id,
            private=job.private,
            model=job.request.model,
            prompt=job.request.prompt,
            created_at=job.created_at,
        )

    @property
    def number(self) -> int:
        return number_at(self.created_at) + number_of(self.job_id)


async def put(connection: AsyncConnection, *entries: SearchedOrder) -> None:
    """Adds those that are not indexed yet, or in an older form."""
    name = connection.dialect.name
    rows = [_row(entry) if name == POSTGRESQL else _row_of_fts(entry) for entry in entries]
    if rows:
        await connection.execute(PUT[name], rows)


async def drop(connection: AsyncConnection, job_id: JobId) -> None:
    """Removes a deleted or erased one; its row in `jobs` still exists."""
    place = select(jobs.c.guild_id, jobs.c.created_at).where(jobs.c.id == job_id)
    row = (await connection.execute(place)).one_or_none()
    if row is not None:
        number = number_at(row.created_at) + number_of(job_id)
        await connection.execute(delete(video_words).where(*_is_row(connection, row.guild_id, number)))


async def known(connection: AsyncConnection, entries: Iterable[SearchedOrder]) -> frozenset[int]:
    """The numbers of those that are indexed."""
    numbers = [entry.number for entry in entries]
    number = number_column(connection)
    return frozenset((await connection.execute(select(number).where(number.in_(numbers)))).scalars())


async def clear(connection: AsyncConnection) -> None:
    """Removes everything, so that it is rebuilt at the next start."""
    await connection.execute(delete(video_words))
    await connection.execute(delete(video_words_walk))


def number_at(moment: datetime) -> int:
    """The first number of that second."""
    return int((moment - EPOCH).total_seconds()) * SECOND


@value_object
class NumberSpan:
    """Numbers from `begin` up to, but not including, `end`; None means unbounded."""

    begin: int | None = None
    end: int | None = None

    @classmethod
    def between(cls, since: datetime | None, before: datetime | None) -> NumberSpan:
        """Of the orders in that time, and up to a second later."""
        begin = None if since is None else number_at(since)
        return cls(begin=begin, end=None if before is None else number_at(before) + SECOND)

    @property
    def length(self) -> int:
        return max(1, (self.end or 0) - (self.begin or 0))

    def within(self, other: NumberSpan) -> NumberSpan:
        begins = [each.begin for each in (self, other) if each.begin is not None]
        ends = [each.end for each in (self, other) if each.end is not None]
        return NumberSpan(begin=max(begins, default=None), end=min(ends, default=None))

    def beyond(self, seen: NumberSpan, *, forwards: bool) -> NumberSpan:
        """The part of it after those already seen."""
        return self.within(NumberSpan(begin=seen.end) if forwards else NumberSpan(end=seen.begin))

    def of(self, number: ColumnElement[int]) -> list[ColumnElement[bool]]:
        begin = [] if self.begin is None else [number >= self.begin]
        return begin if self.end is None else [*begin, number < self.end]


def number_column(connection: AsyncConnection) -> ColumnElement[Any]:
    return video_words.c.number if connection.dialect.name == POSTGRESQL else video_words.c.rowid


def guild_tag(guild_id: int) -> str:
    return f"g{guild_id}"


def owner_tag(owner_id: int) -> str:
    return f"m{owner_id}"


def model_tag(model: str) -> str:
    """Model ids contain characters that separate words."""
    return f"o{hashlib.sha256(model.encode()).hexdigest()[:12]}"


OPEN_TAG = "open"  # for videos that are not private


def pair_marks(words: Sequence[str]) -> Sequence[str]:
    """Marks of consecutive words; several pairs may share one. No word can be one: they begin with a +."""
    pairs = (hashlib.sha256(f"{one} {other}".encode()).hexdigest() for one, other in pairwise(words))
    return list(dict.fromkeys(f"+{digest[:4]}" for digest in pairs))


def _tags(entry: SearchedOrder) -> list[str]:
    always = [guild_tag(entry.guild_id), owner_tag(entry.owner_id), model_tag(entry.model)]
    return always if entry.private else [*always, OPEN_TAG]


def _row_of_fts(entry: SearchedOrder) -> dict[str, Any]:
    words, tags = " ".join(words_of(entry.prompt)), " ".join(_tags(entry))
    return {"number": entry.number, "job": entry.job_id, "words": words, "tags": tags}


def _row(entry: SearchedOrder) -> dict[str, Any]:
    """Words with their positions, pairs of words, and tags, which no word can be: they begin with an @."""
    words = words_of(entry.prompt)
    places = [f"'{word}':{min(place, LAST_PLACE)}" for place, word in enumerate(words, 1)]
    marks = [f"'{mark}'" for mark in (*pair_marks(words), *(f"@{tag}" for tag in _tags(entry)))]
    written = " ".join([*places, *marks])
    return {"guild_id": entry.guild_id, "number": entry.number, "job": entry.job_id, "words": written, "form": FORM}


def _is_row(connection: AsyncConnection, guild_id: int, number: int) -> list[ColumnElement[bool]]:
    if connection.dialect.name == POSTGRESQL:
        return [video_words.c.guild_id == guild_id, video_words.c.number == number]
    return [video_words.c.rowid == number]
