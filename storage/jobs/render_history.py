"""How the orders of a model ended lately, and how long its renders took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.health import Ending, TrackRecord
from bot.domain.job import Job
from bot.domain.phases import Cancelled, Done, Failed, Posting
from bot.domain.video import Size
from storage.db.database import Database
from storage.jobs.mapping import jobs_of
from storage.tables import has_ended, jobs

CANCELLED = Cancelled.__name__.lower()
LAST = 20  # endings; three in a row decide, and many may come to an end at once
TIMES = 200  # renders that say how long the next one takes


@dataclass(frozen=True, kw_only=True)
class SqlRenderHistory:
    """The RenderHistory."""

    database: Database

    async def render_times(self, provider: str, model: str, seconds: int, size: Size) -> Sequence[float]:
        return await self.database.read(lambda connection: _render_times(connection, provider, model, seconds, size))

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        asked = list(models)

        async def read(connection: AsyncConnection) -> dict[tuple[str, str], TrackRecord]:
            return {each: await _track_record(connection, *each) for each in asked}

        return await self.database.read(read)


async def _render_times(
    connection: AsyncConnection, provider: str, model: str, seconds: int, size: Size
) -> list[float]:
    """Of renders that came to an end: one that was cancelled does not say how long it would have taken."""
    newest = (
        select(jobs.c.render_seconds)
        .where(
            jobs.c.provider == provider,
            jobs.c.model == model,
            jobs.c.seconds == seconds,
            jobs.c.size == str(size),
            jobs.c.render_seconds.is_not(None),
            jobs.c.state != CANCELLED,
        )
        .order_by(jobs.c.created_at.desc())
        .limit(TIMES)
    )
    return list((await connection.execute(newest)).scalars())


async def _track_record(connection: AsyncConnection, provider: str, model: str) -> TrackRecord:
    """Of all lengths and sizes together."""
    ours = and_(has_ended, jobs.c.provider == provider, jobs.c.model == model)
    newest = (jobs.c.created_at.desc(), jobs.c.id.desc())
    ended = jobs_of(await connection.execute(select(jobs).where(ours).order_by(*newest).limit(LAST)))
    timed: ColumnElement[bool] = and_(ours, jobs.c.render_seconds.is_not(None), jobs.c.state != "failed")
    times = await connection.execute(select(jobs.c.render_seconds).where(timed).order_by(*newest).limit(TIMES))
    return TrackRecord(endings=[_ending(job) for job in ended], seconds=list(times.scalars()))


def _ending(job: Job) -> Ending:
    match job.phase:
        case Failed(cause=cause, finished_at=at):
            return Ending(at=at, cause=cause)
        case Done(finished_at=at):
            return Ending(at=at, cause=None)
        case Posting(since=datetime() as at):
            return Ending(at=at, cause=None)
        case _:
            return Ending(at=_rendered_at(job), cause=None)


def _rendered_at(job: Job) -> datetime:
    """At the earliest: how long it waited for a place is not kept."""
    return job.created_at + timedelta(seconds=job.render_seconds or 0)
