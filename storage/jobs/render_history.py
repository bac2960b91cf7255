"""How a model's latest orders ended, and how long its renders took."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, CompoundSelect, Select, and_, bindparam, desc, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.job import SEEN_TO_END
from bot.domain.models.health import Ending, TrackRecord
from bot.domain.phases import Done, Failed, Phase, Posting, Saving, Trait, name_of, names_with
from bot.domain.ports.render_history import PastRender, PastRenders, RenderKind
from bot.domain.video import Size
from storage.db import snapshot
from storage.db.database import Database
from storage.guilds import nothing
from storage.jobs.mapping import JobRow, phase_of, progress_of
from storage.tables import has_ended, jobs

FAILED = name_of(Failed)
MADE = (name_of(Saving), *names_with(Trait.HAS_VIDEO))  # a video came of it
LAST = 20  # endings; three in a row decide, and many may end at once
AT_ONCE = 100  # models in one statement; SQLite joins at most 500 SELECTs
TIMES = 200  # renders that indicate how long the next one takes

ENDINGS = "endings"  # of a snapshot, by models
SORT = (jobs.c.seconds, jobs.c.size)  # of a render, beside its model
TIMES_OF = "render times"  # likewise, by kind
Times = Sequence[tuple[float, int]]  # seconds of a render, and its server
K = TypeVar("K")
V = TypeVar("V")
Newest = CompoundSelect[*tuple[Any, ...]]


@wired
class SqlRenderHistory:
    """The RenderHistory."""

    database: Database

    async def render_times(self, kinds: Iterable[RenderKind], guild_id: int) -> Mapping[RenderKind, PastRenders]:
        asked = list(dict.fromkeys(kinds))
        known = snapshot.known()
        if asked and all((TIMES_OF, kind) in known for kind in asked):
            return {kind: _past_renders(known[TIMES_OF, kind], guild_id) for kind in asked}

        async def part(connection: AsyncConnection, kinds: Sequence[RenderKind]) -> dict[RenderKind, PastRenders]:
            return await _render_times(connection, kinds, guild_id)

        return await self.database.read(lambda connection: _in_parts(part, connection, asked))

    async def renders(self, kinds: Iterable[RenderKind]) -> Mapping[RenderKind, Sequence[PastRender]]:
        asked = list(dict.fromkeys(kinds))
        return await self.database.read(lambda connection: _in_parts(_renders, connection, asked))

    async def endings(
        self, models: Iterable[tuple[str, str]], ordered: RenderKind | None = None
    ) -> Mapping[tuple[str, str], Sequence[Ending]]:
        asked = sorted(set(models))
        fact = (ENDINGS, tuple(asked))
        known: Mapping[tuple[str, str], Sequence[Ending]] | None = snapshot.known().get(fact)
        if known is not None:
            return known
        if ordered is None or len(asked) > AT_ONCE:
            found = await self.database.read(lambda connection: _in_parts(_endings, connection, asked))
        else:
            found, times = await self.database.read(lambda connection: _endings_and_times(connection, asked, ordered))
            snapshot.note((TIMES_OF, ordered), times)
        snapshot.note(fact, found)
        return found

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        asked = sorted(set(models))

        async def read(connection: AsyncConnection) -> dict[tuple[str, str], TrackRecord]:
            endings = await _in_parts(_endings, connection, asked)
            seconds = await _in_parts(_seconds, connection, asked)
            return {model: TrackRecord(endings=endings[model], seconds=seconds[model]) for model in asked}

        return await self.database.read(read)


def _past(row: JobRow) -> PastRender:
    match progress_of(row):
        case (*seen, (ended, percent)) if percent == SEEN_TO_END:
            return PastRender(seconds=ended, seen=seen)
        case _:  # an older version watched it
            return PastRender(seconds=row.render_seconds)


async def _in_parts(
    read: Callable[[AsyncConnection, Sequence[K]], Awaitable[dict[K, V]]],
    connection: AsyncConnection,
    asked: Sequence[K],
) -> dict[K, V]:
    found: dict[K, V] = {}
    for start in range(0, len(asked), AT_ONCE):
        found |= await read(connection, asked[start : start + AT_ONCE])
    return found


async def _render_times(
    connection: AsyncConnection, kinds: Sequence[RenderKind], guild_id: int
) -> dict[RenderKind, PastRenders]:
    """For renders that gave a video: cancelled and failed ones do not say how long they would have taken."""
    times: dict[RenderKind, list[tuple[float, int]]] = {kind: [] for kind in kinds}
    for row in await connection.execute(_times_of_kinds(len(kinds)), _named_kinds(kinds)):
        times[_kind_of(row)].append((row.render_seconds, row.guild_id))
    return {kind: _past_renders(times[kind], guild_id) for kind in kinds}


async def _renders(connection: AsyncConnection, kinds: Sequence[RenderKind]) -> dict[RenderKind, list[PastRender]]:
    """Likewise."""
    found: dict[RenderKind, list[PastRender]] = {kind: [] for kind in kinds}
    for row in await connection.execute(_renders_of_kinds(len(kinds)), _named_kinds(kinds)):
        found[_kind_of(row)].append(_past(row))
    return found


def _kind_of(row: JobRow) -> RenderKind:
    return RenderKind(account=row.provider, model=row.model, seconds=row.seconds, size=Size.of(row.size))


def _named_kinds(kinds: Sequence[RenderKind]) -> dict[str, object]:
    sorts = {f"{name}{n}": value for n, kind in enumerate(kinds) for name, value in _sort_of(kind)}
    return _named((kind.account, kind.model) for kind in kinds) | sorts


def _past_renders(times: Times, guild_id: int) -> PastRenders:
    here = [seconds for seconds, guild in times if guild == guild_id]
    return PastRenders(anywhere=[seconds for seconds, _ in times], here=here)


async def _endings(
    connection: AsyncConnection, models: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Ending]]:
    """For all lengths and sizes together."""
    return _endings_in(models, await connection.execute(_last_endings(len(models)), _named(models)))


def _endings_in(models: Sequence[tuple[str, str]], rows: Iterable[JobRow]) -> dict[tuple[str, str], list[Ending]]:
    endings: dict[tuple[str, str], list[Ending]] = {model: [] for model in models}
    for row in rows:
        if (phase := phase_of(row)) is not None:
            endings[row.provider, row.model].append(_ending(row, phase))
    return endings


async def _endings_and_times(
    connection: AsyncConnection, models: Sequence[tuple[str, str]], kind: RenderKind
) -> tuple[dict[tuple[str, str], list[Ending]], Times]:
    """In one statement: orders wait for each."""
    many = len(models)
    named = _named([*models, (kind.account, kind.model)])
    sort = {f"{name}{many}": value for name, value in _sort_of(kind)}
    rows = (await connection.execute(_last_endings_and_times(many), named | sort)).all()
    endings = _endings_in(models, (row for row in rows if row.state is not None))
    return endings, [(row.render_seconds, row.guild_id) for row in rows if row.state is None]


async def _seconds(
    connection: AsyncConnection, models: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[float]]:
    seconds: dict[tuple[str, str], list[float]] = {model: [] for model in models}
    for row in await connection.execute(_last_times(len(models)), _named(models)):
        seconds[row.provider, row.model].append(row.render_seconds)
    return seconds


# Each statement is built once per number of models: that takes longer than executing it.


@functools.cache
def _times_of_kinds(many: int) -> Newest:
    return _newest(many, (*SORT, jobs.c.guild_id, jobs.c.render_seconds), _is_of_kind, TIMES)


@functools.cache
def _renders_of_kinds(many: int) -> Newest:
    return _newest(many, (*SORT, jobs.c.render_seconds, jobs.c.progress_seen), _is_of_kind, TIMES)


def _is_of_kind(n: int) -> ColumnElement[bool]:
    return and_(
        jobs.c.seconds == bindparam(f"seconds{n}"),
        jobs.c.size == bindparam(f"size{n}"),
        jobs.c.render_seconds.is_not(None),
        jobs.c.state.in_(MADE),
    )


@functools.cache
def _last_endings(many: int) -> Newest:
    return _newest(many, (jobs.c.state, jobs.c.detail, jobs.c.render_seconds), lambda _: has_ended, LAST)


@functools.cache
def _last_endings_and_times(many: int) -> Newest:
    """A row without a state says how long a render took."""
    ended, timed = (jobs.c.state, jobs.c.detail), (jobs.c.render_seconds, jobs.c.guild_id)
    endings = [_part(n, (*ended, *timed), has_ended, LAST) for n in range(many)]
    return _together([*endings, _part(many, (*map(nothing, ended), *timed), _is_of_kind(many), TIMES)])


@functools.cache
def _last_times(many: int) -> Newest:
    timed = and_(has_ended, jobs.c.render_seconds.is_not(None), jobs.c.state != FAILED)
    return _newest(many, (jobs.c.render_seconds,), lambda _: timed, TIMES)


def _newest(
    many: int, columns: Iterable[Column[Any]], which: Callable[[int], ColumnElement[bool]], most: int
) -> Newest:
    """Each model's newest."""
    return _together([_part(n, columns, which(n), most) for n in range(many)])


def _part(
    n: int, columns: Iterable[ColumnElement[Any]], which: ColumnElement[bool], most: int
) -> Select[*tuple[Any, ...]]:
    """For the nth model, read from its own end of the index, which a window function would not do."""
    ours = and_(which, jobs.c.provider == bindparam(f"account{n}"), jobs.c.model == bindparam(f"model{n}"))
    newest = select(jobs.c.id, jobs.c.provider, jobs.c.model, jobs.c.created_at, *columns).where(ours)
    return select(newest.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(most).subquery())


def _together(parts: Iterable[Select[*tuple[Any, ...]]]) -> Newest:
    return union_all(*parts).order_by(desc("created_at"), desc("id"))


def _named(models: Iterable[tuple[str, str]]) -> dict[str, object]:
    return {
        name: value
        for n, (account, model) in enumerate(models)
        for name, value in ((f"account{n}", account), (f"model{n}", model))
    }


def _sort_of(kind: RenderKind) -> tuple[tuple[str, object], ...]:
    return ("seconds", kind.seconds), ("size", str(kind.size))


def _ending(row: JobRow, phase: Phase) -> Ending:
    match phase:
        case Failed(cause=cause, finished_at=at):
            return Ending(at=at, cause=cause)
        case Done(finished_at=at):
            return Ending(at=at, cause=None)
        case Posting(since=datetime() as at):
            return Ending(at=at, cause=None)
        case _:
            # The earliest time it was rendered: how long it waited for a slot is not stored.
            return Ending(at=row.created_at + timedelta(seconds=row.render_seconds or 0), cause=None)
