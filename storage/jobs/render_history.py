"""How the orders of a model ended lately, and how long its renders took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, CompoundSelect, Select, and_, desc, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models.health import Ending, TrackRecord
from bot.domain.phases import Done, Failed, Phase, Posting, Saving, Trait, names_with
from bot.domain.ports.render_history import PastRenders, RenderKind
from bot.domain.video import Size
from storage.db.database import Database
from storage.jobs.mapping import JobRow, phase_of
from storage.tables import has_ended, jobs

FAILED = Failed.__name__.lower()
MADE = (Saving.__name__.lower(), *names_with(Trait.HAS_VIDEO))  # a video came of it
LAST = 20  # endings; three in a row decide, and many may come to an end at once
AT_ONCE = 100  # models in one statement; SQLite joins at most 500 SELECTs
TIMES = 200  # renders that say how long the next one takes


@dataclass(frozen=True, kw_only=True)
class SqlRenderHistory:
    """The RenderHistory."""

    database: Database

    async def render_times(self, kinds: Iterable[RenderKind], guild_id: int) -> Mapping[RenderKind, PastRenders]:
        asked = list(dict.fromkeys(kinds))

        async def read(connection: AsyncConnection) -> dict[RenderKind, PastRenders]:
            found: dict[RenderKind, PastRenders] = {}
            for start in range(0, len(asked), AT_ONCE):
                found |= await _render_times(connection, asked[start : start + AT_ONCE], guild_id)
            return found

        return await self.database.read(read)

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        asked = sorted(set(models))

        async def read(connection: AsyncConnection) -> dict[tuple[str, str], TrackRecord]:
            found: dict[tuple[str, str], TrackRecord] = {}
            for start in range(0, len(asked), AT_ONCE):
                found |= await _track_records(connection, asked[start : start + AT_ONCE])
            return found

        return await self.database.read(read)


async def _render_times(
    connection: AsyncConnection, kinds: Sequence[RenderKind], guild_id: int
) -> dict[RenderKind, PastRenders]:
    """Of renders that gave a video: one that was cancelled or failed does not say how long it would have taken."""
    rows = await connection.execute(_newest_first(_times_of(kind) for kind in kinds))
    anywhere: dict[RenderKind, list[float]] = {kind: [] for kind in kinds}
    here: dict[RenderKind, list[float]] = {kind: [] for kind in kinds}
    for row in rows:
        kind = RenderKind(account=row.provider, model=row.model, seconds=row.seconds, size=Size.of(row.size))
        anywhere[kind].append(row.render_seconds)
        if row.guild_id == guild_id:
            here[kind].append(row.render_seconds)
    return {kind: PastRenders(anywhere=anywhere[kind], here=here[kind]) for kind in kinds}


def _times_of(kind: RenderKind) -> Select[*tuple[Any, ...]]:
    timed = and_(
        jobs.c.seconds == kind.seconds,
        jobs.c.size == str(kind.size),
        jobs.c.render_seconds.is_not(None),
        jobs.c.state.in_(MADE),
    )
    columns = (jobs.c.seconds, jobs.c.size, jobs.c.guild_id, jobs.c.render_seconds)
    return _newest(kind.account, kind.model, columns, timed, TIMES)


async def _track_records(
    connection: AsyncConnection, models: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], TrackRecord]:
    """Of all lengths and sizes together, in two statements for all of them."""
    endings: dict[tuple[str, str], list[Ending]] = {model: [] for model in models}
    for row in await connection.execute(_newest_first(_last_endings(*model) for model in models)):
        if (phase := phase_of(row)) is not None:
            endings[row.provider, row.model].append(_ending(row, phase))
    seconds: dict[tuple[str, str], list[float]] = {model: [] for model in models}
    for row in await connection.execute(_newest_first(_last_times(*model) for model in models)):
        seconds[row.provider, row.model].append(row.render_seconds)
    return {model: TrackRecord(endings=endings[model], seconds=seconds[model]) for model in models}


def _newest_first(parts: Iterable[Select[*tuple[Any, ...]]]) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(*parts).order_by(desc("created_at"), desc("id"))


def _last_endings(provider: str, model: str) -> Select[*tuple[Any, ...]]:
    return _newest(provider, model, (jobs.c.state, jobs.c.detail, jobs.c.render_seconds), has_ended, LAST)


def _last_times(provider: str, model: str) -> Select[*tuple[Any, ...]]:
    timed = and_(has_ended, jobs.c.render_seconds.is_not(None), jobs.c.state != FAILED)
    return _newest(provider, model, (jobs.c.render_seconds,), timed, TIMES)


def _newest(
    provider: str, model: str, columns: Iterable[Column[Any]], which: ColumnElement[bool], most: int
) -> Select[*tuple[Any, ...]]:
    """One model's newest. Each is read from its own end of the index, which a window function would not do."""
    ours = and_(which, jobs.c.provider == provider, jobs.c.model == model)
    newest = select(jobs.c.id, jobs.c.provider, jobs.c.model, jobs.c.created_at, *columns).where(ours)
    return select(newest.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(most).subquery())


def _ending(row: JobRow, phase: Phase) -> Ending:
    match phase:
        case Failed(cause=cause, finished_at=at):
            return Ending(at=at, cause=cause)
        case Done(finished_at=at):
            return Ending(at=at, cause=None)
        case Posting(since=datetime() as at):
            return Ending(at=at, cause=None)
        case _:
            # When it was rendered at the earliest: how long it waited for a place is not kept.
            return Ending(at=row.created_at + timedelta(seconds=row.render_seconds or 0), cause=None)
