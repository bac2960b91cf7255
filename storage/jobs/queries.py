"""Queries about jobs, which change nothing. Rows of a newer version are left out, with a line in the log."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, QueuePosition
from bot.domain.money.usd import Usd
from bot.domain.phases import Trait, names_with
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.queue.state import HoldKind, QueueHold, QueueTotals
from storage.db.database import Database
from storage.db.time_types import present
from storage.db.totals import total
from storage.guild_tables import queue_holds
from storage.jobs.fair_queue import NOW, holds_place, in_queue, is_free, is_queued, line, may_start, places_taken
from storage.jobs.mapping import job_of, jobs_of
from storage.jobs.orders import batch_of
from storage.queue.holds import hold_in, moved_ahead
from storage.tables import APPROVAL_STATES, awaits_approval, is_in_review, is_open, jobs

REMIXABLE = names_with(Trait.HAS_VIDEO)
ALL = 10**9  # rows, for statements that need a limit
ESCAPE = "/"  # before a sign of LIKE that is meant as it stands


@wired
class SqlJobQueries:
    """The JobQueries."""

    database: Database
    clock: Clock

    async def get(self, job_id: JobId) -> Job | None:
        return await self.database.read(lambda connection: _one(connection, job_id))

    async def get_many(self, job_ids: Iterable[JobId]) -> Mapping[JobId, Job]:
        asked = select(jobs).where(jobs.c.id.in_(set(job_ids)))

        async def read(connection: AsyncConnection) -> dict[JobId, Job]:
            return {job.id: job for job in jobs_of(await connection.execute(asked))}

        return await self.database.read(read)

    async def batch(self, lead: JobId) -> Sequence[Job]:
        return await self.database.read(lambda connection: batch_of(connection, lead))

    async def remixes(self, sources: Collection[JobId]) -> Sequence[Job]:
        asked = select(jobs).where(jobs.c.source.in_(set(sources))).order_by(jobs.c.created_at, jobs.c.id)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(asked))

        return await self.database.read(read)

    async def doubles(self, job_id: JobId) -> Sequence[Job]:
        asked = select(jobs).where(jobs.c.doubles == job_id).order_by(jobs.c.created_at)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(asked))

        return await self.database.read(read)

    async def latest(self, guild_id: int, owner_id: int | None, most: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: _latest(connection, guild_id, owner_id, most))

    async def under_way(self, guild_id: int, skip: int = 0, most: int | None = None) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> list[Job]:
            return await _under_way(connection, guild_id, skip, most, await present(connection, self.clock))

        return await self.database.read(read)

    async def queue_totals(self, guild_id: int) -> QueueTotals:
        return await self.database.read(lambda connection: _queue_totals(connection, guild_id))

    async def waiting(self, guild_id: int) -> Sequence[tuple[JobId, int]]:
        async def read(connection: AsyncConnection) -> list[tuple[JobId, int]]:
            now = await present(connection, self.clock)
            waiting = await _waiting(connection, guild_id, now)
            return list({JobId(batch or job_id): channel_id for job_id, batch, channel_id in waiting}.items())

        return await self.database.read(read)

    async def in_review(self, guild_id: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: _in_review(connection, guild_id))

    async def awaiting_approval(self, guild_id: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: _awaiting_approval(connection, guild_id))

    async def finished(self, guild_id: int, owner_id: int, text: str, most: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: _finished(connection, guild_id, owner_id, text, most))

    async def line(self, job: Job, places: ConcurrencyLimits) -> QueuePosition:
        async def read(connection: AsyncConnection) -> QueuePosition:
            now = await present(connection, self.clock)
            return await _queue_position(connection, job.guild_id, job.id, places.total, now)

        return await self.database.read(read)

    async def lines(self, guild_id: int, places: ConcurrencyLimits) -> Mapping[JobId, QueuePosition]:
        async def read(connection: AsyncConnection) -> dict[JobId, QueuePosition]:
            return await _queue_positions(connection, guild_id, places.total, await present(connection, self.clock))

        return await self.database.read(read)


ONE = select(jobs).where(jobs.c.id == bindparam("job"))


async def _one(connection: AsyncConnection, job_id: JobId) -> Job | None:
    row = (await connection.execute(ONE, {"job": job_id})).one_or_none()
    return None if row is None else job_of(row)


NEWEST = (jobs.c.created_at.desc(), jobs.c.id.desc())
LATEST = select(jobs).where(jobs.c.guild_id == bindparam("guild")).order_by(*NEWEST).limit(bindparam("most"))
LATEST_OF_MEMBER = LATEST.where(jobs.c.owner_id == bindparam("owner"))


async def _latest(connection: AsyncConnection, guild_id: int, owner_id: int | None, most: int) -> list[Job]:
    newest = LATEST if owner_id is None else LATEST_OF_MEMBER
    return jobs_of(await connection.execute(newest, {"guild": guild_id, "owner": owner_id, "most": most}))


# The text is in the prompt, or is a part of the id as people type it.
IN_PROMPT = jobs.c.prompt.icontains(bindparam("words"), escape=ESCAPE)
IN_ID = jobs.c.id.contains(bindparam("letters"), escape=ESCAPE)
FINISHED = LATEST_OF_MEMBER.where(jobs.c.state.in_(REMIXABLE), jobs.c.deleted.is_(False))
FINISHED_SAYING, FINISHED_KNOWN_AS = FINISHED.where(IN_PROMPT), FINISHED.where(or_(IN_PROMPT, IN_ID))


async def _finished(connection: AsyncConnection, guild_id: int, owner_id: int, text: str, most: int) -> list[Job]:
    letters = re.sub(r"[\s#-]", "", text).upper()
    found = FINISHED_KNOWN_AS if letters else FINISHED_SAYING
    named = {"guild": guild_id, "owner": owner_id, "words": _escaped(text), "letters": _escaped(letters), "most": most}
    return jobs_of(await connection.execute(found, named))


def _escaped(words: str) -> str:
    """As LIKE looks for just them."""
    return re.sub(f"[{ESCAPE}%_]", rf"{ESCAPE}\g<0>", words)


IN_STATES = (
    select(jobs.c.state, func.count(), total(jobs.c.quote))
    .where(is_open, jobs.c.guild_id == bindparam("guild"))
    .group_by(jobs.c.state)
)


async def _queue_totals(connection: AsyncConnection, guild_id: int) -> QueueTotals:
    found = (await connection.execute(IN_STATES, {"guild": guild_id})).all()
    counted = {state: number for state, number, _ in found}
    return QueueTotals(
        rendering=sum(counted.get(state, 0) for state in names_with(Trait.HOLDS_SLOT)),
        waiting=sum(counted.get(state, 0) for state in names_with(Trait.WAITS)),
        to_approve=sum(counted.get(state, 0) for state in APPROVAL_STATES),
        under_way=sum(counted.values()),
        price=Usd(sum(micros for _, _, micros in found)),
    )


def _as_served(standing: Subquery, *what: ColumnElement[Any] | Table) -> Select[Any]:
    """First those taken from the queue, then the line, then those that may not start yet.

    For one `guild`, `now`; `most` of them after the first `skip`.
    """
    page = (
        select(standing)
        .where(standing.c.guild_id == bindparam("guild"))
        .order_by(*_in_line(standing))
        .offset(bindparam("skip"))
        .limit(bindparam("most"))
        .subquery("page")
    )
    return select(*what).join(page, page.c.id == jobs.c.id).order_by(*_in_line(page))


def _in_line(standing: Subquery) -> tuple[ColumnElement[Any], ...]:
    found = standing.c
    return found.in_queue, found.place.nulls_last(), found.ahead.desc(), found.created_at, found.id


def _all_standing() -> Subquery:
    """Those that hold a slot are next to the line, not in it: its windows cost more with each."""
    of_guild = jobs.c.guild_id == bindparam("guild")
    holds_none = case((holds_place(NOW), 0), else_=1) == 1  # whose lease is null, too
    queue = line(may_start(NOW), beside=and_(of_guild, holds_none))
    told = (jobs.c.id, jobs.c.guild_id, in_queue, moved_ahead, jobs.c.created_at, null())
    return union_all(select(queue), select(*told).where(of_guild, holds_place(NOW))).subquery("standing")


@cache
def _under_way_query() -> Select[Any]:
    return _as_served(_all_standing(), jobs)


@cache
def _waiting_query() -> Select[Any]:
    queue = line(may_start(NOW), beside=and_(is_queued, jobs.c.guild_id == bindparam("guild")))
    return _as_served(queue, jobs.c.id, jobs.c.batch, jobs.c.channel_id)


async def _under_way(
    connection: AsyncConnection, guild_id: int, skip: int, most: int | None, now: datetime
) -> list[Job]:
    part = {"skip": skip, "most": ALL if most is None else most}
    return jobs_of(await connection.execute(_under_way_query(), {"guild": guild_id, "now": now, **part}))


async def _waiting(connection: AsyncConnection, guild_id: int, now: datetime) -> list[tuple[str, str | None, int]]:
    """Id, batch and channel of each."""
    found = await connection.execute(_waiting_query(), {"guild": guild_id, "now": now, "skip": 0, "most": ALL})
    return [(job_id, batch, channel_id) for job_id, batch, channel_id in found]


async def _awaiting_approval(connection: AsyncConnection, guild_id: int) -> list[Job]:
    """Sorted here: if asked to sort, SQLite goes through all orders of the server, which are in that order already."""
    waiting = select(jobs).where(jobs.c.guild_id == guild_id, awaits_approval)
    found = jobs_of(await connection.execute(waiting))
    return sorted(found, key=lambda job: (job.created_at, job.id))


async def _in_review(connection: AsyncConnection, guild_id: int) -> list[Job]:
    aside = select(jobs).where(jobs.c.guild_id == guild_id, is_in_review)
    return jobs_of(await connection.execute(aside.order_by(jobs.c.created_at, jobs.c.id)))


@cache
def _place_query() -> Select[Any]:
    """For a queued job that nobody has taken, among those that are due: it counts as if it were."""
    rivals = line(and_(is_free(NOW), or_(may_start(NOW), jobs.c.id == bindparam("job"))))
    place = select(rivals.c.place).where(rivals.c.id == bindparam("job"))
    return _standing_query().add_columns(place.scalar_subquery().label("place"))


@cache
def _places_query() -> Select[Any]:
    queue = line(may_start(NOW))
    return select(queue.c.id, queue.c.place).where(queue.c.guild_id == bindparam("guild"), queue.c.place.is_not(None))


@cache
def _standing_query() -> Select[Any]:
    """How many are rendering, and whether the server's queue is paused, in one statement."""
    taken = select(places_taken(NOW).scalar_subquery().label("running")).subquery("taken")
    its_pause = and_(queue_holds.c.guild_id == bindparam("guild"), queue_holds.c.kind == HoldKind.PAUSE.value)
    return select(taken.c.running, queue_holds).outerjoin_from(taken, queue_holds, its_pause)


async def _queue_position(
    connection: AsyncConnection, guild_id: int, job_id: JobId, places: int, now: datetime
) -> QueuePosition:
    """How many jobs start before this one; none if it no longer waits."""
    found = (await connection.execute(_place_query(), {"guild": guild_id, "job": job_id, "now": now})).one()
    ahead = 0 if found.place is None else found.place - 1
    return QueuePosition(ahead=ahead, running=found.running, places=places, paused=hold_in(found))


async def _running_and_pause(connection: AsyncConnection, guild_id: int, now: datetime) -> tuple[int, QueueHold | None]:
    row = (await connection.execute(_standing_query(), {"guild": guild_id, "now": now})).one()
    return row.running, hold_in(row)


async def _queue_positions(
    connection: AsyncConnection, guild_id: int, places: int, now: datetime
) -> dict[JobId, QueuePosition]:
    running, pause = await _running_and_pause(connection, guild_id, now)
    if pause is not None:
        held = QueuePosition(ahead=0, running=running, places=places, paused=pause)
        return {JobId(job_id): held for job_id, _, _ in await _waiting(connection, guild_id, now)}
    waiting = (await connection.execute(_places_query(), {"guild": guild_id, "now": now})).all()
    return {JobId(job_id): QueuePosition(ahead=place - 1, running=running, places=places) for job_id, place in waiting}
