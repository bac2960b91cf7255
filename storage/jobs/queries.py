"""Questions about jobs that change nothing. Rows that a newer version wrote are left out, with a line in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.job import Job, QueuePosition
from bot.domain.phases import Cancelled, NeedsReview, Trait, names_with
from bot.domain.video import Size
from storage.jobs.claim import Unreadable, is_readable
from storage.jobs.mapping import job_of, jobs_of
from storage.jobs.queue_order import is_due, is_free, is_queued, line, places_taken
from storage.tables import is_open, jobs

REMIXABLE = names_with(Trait.HAS_VIDEO)
CANCELLED = Cancelled.__name__.lower()
REVIEW = NeedsReview.__name__.lower()
NO_VIDEO_KNOWN = names_with(Trait.NO_VIDEO_KNOWN)
HISTORY = 200  # renders that say how long the next one takes
QUEUE_LOOK = 1.0  # seconds


async def one(connection: AsyncConnection, job_id: JobId) -> Job | None:
    row = (await connection.execute(select(jobs).where(jobs.c.id == job_id))).one_or_none()
    return None if row is None else job_of(row)


async def latest(connection: AsyncConnection, guild_id: int, owner_id: int | None, most: int) -> list[Job]:
    mine = true() if owner_id is None else jobs.c.owner_id == owner_id
    newest = select(jobs).where(jobs.c.guild_id == guild_id, mine).order_by(*_newest_first()).limit(most)
    return jobs_of(await connection.execute(newest))


async def finished(connection: AsyncConnection, guild_id: int, owner_id: int, text: str, most: int) -> list[Job]:
    remixable = and_(
        jobs.c.guild_id == guild_id,
        jobs.c.owner_id == owner_id,
        jobs.c.state.in_(REMIXABLE),
        jobs.c.deleted.is_(False),
        _speaks_of(text),
    )
    return jobs_of(await connection.execute(select(jobs).where(remixable).order_by(*_newest_first()).limit(most)))


def _newest_first() -> tuple[ColumnElement[datetime], ColumnElement[str]]:
    return jobs.c.created_at.desc(), jobs.c.id.desc()


def _speaks_of(text: str) -> ColumnElement[bool]:
    """The text is in the prompt, or is a piece of the id as people type it."""
    in_prompt = jobs.c.prompt.icontains(text, autoescape=True)
    letters = re.sub(r"[\s#-]", "", text).upper()
    return or_(in_prompt, jobs.c.id.contains(letters, autoescape=True)) if letters else in_prompt


async def under_way(connection: AsyncConnection, guild_id: int, now: datetime) -> list[Job]:
    """First what has been taken from the queue, then the line, then what may not start yet."""
    places = line(is_due(now), now)
    in_queue = case((and_(is_queued, is_free(now)), 1), else_=0)
    rows = await connection.execute(
        select(jobs)
        .outerjoin(places, places.c.id == jobs.c.id)
        .where(is_open, jobs.c.guild_id == guild_id)
        .order_by(in_queue, places.c.place.nulls_last(), jobs.c.created_at, jobs.c.id)
    )
    return jobs_of(rows)


async def in_review(connection: AsyncConnection, guild_id: int) -> list[Job]:
    aside = select(jobs).where(jobs.c.guild_id == guild_id, jobs.c.state == REVIEW)
    return jobs_of(await connection.execute(aside.order_by(jobs.c.created_at, jobs.c.id)))


async def without_video(connection: AsyncConnection, provider: str) -> list[Job]:
    """The column `remote_id` does not help here: a job that is paid again still remembers its first video."""
    which = select(jobs).where(jobs.c.provider == provider, jobs.c.state.in_((*NO_VIDEO_KNOWN, REVIEW)))
    found = jobs_of(await connection.execute(which.order_by(jobs.c.created_at, jobs.c.id)))
    return [job for job in found if not isinstance(job.phase, NeedsReview) or job.phase.nobody_knows]


async def queue_position(connection: AsyncConnection, job_id: JobId, places: int, now: datetime) -> QueuePosition:
    """How many jobs start before this one; none when it does not wait any more."""
    rivals = line(and_(is_free(now), or_(is_due(now), jobs.c.id == job_id)), now)
    place = (await connection.execute(select(rivals.c.place).where(rivals.c.id == job_id))).scalar_one_or_none()
    running = (await connection.execute(places_taken(now))).scalar_one()
    return QueuePosition(ahead=0 if place is None else place - 1, running=running, places=places)


async def next_due(connection: AsyncConnection, unreadable: Unreadable, now: datetime) -> float | None:
    """Seconds until a step can be claimed: when it is due and, if somebody holds it, when the lease runs out.

    Whether a place is free for a queued job is not asked here. So a queued job is never due at once but after
    QUEUE_LOOK: who claims on each change and sleeps as long as this says misses nothing, and does not spin for want
    of places.
    """
    held = case((jobs.c.lease_until > jobs.c.next_at, jobs.c.lease_until), else_=jobs.c.next_at)
    queued = case((is_queued, 1), else_=0)
    due = (is_open, jobs.c.next_at.is_not(None), is_readable(unreadable))
    rows = await connection.execute(select(queued, func.min(held)).where(*due).group_by(queued))
    waits = [max((at - now).total_seconds(), QUEUE_LOOK if in_queue else 0.0) for in_queue, at in rows]
    return min(waits, default=None)


async def render_times(connection: AsyncConnection, provider: str, model: str, seconds: int, size: Size) -> list[float]:
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
        .limit(HISTORY)
    )
    return list((await connection.execute(newest)).scalars())


async def known(connection: AsyncConnection, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
    ours = select(jobs.c.remote_id).where(jobs.c.provider == provider, jobs.c.remote_id.in_(list(remote_ids)))
    return frozenset((await connection.execute(ours)).scalars())
