"""Collecting the words of videos that were ordered before they were indexed, or by an older version running alongside.

It goes through the jobs in small transactions, the newest of each server first, and stores its position in the same
one: whoever comes next continues from there, even another process at the same time. Once it has been through all, the
next start covers those added since. On PostgreSQL it then renews the rows of versions without pairs of words, wherever
they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, literal_column, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.db.keyset import earlier
from storage.db.time_types import EPOCH
from storage.studio.search.index import FORM, POSTGRESQL, SearchedOrder, known, put, video_words
from storage.studio.search.index import video_words_walk as walk
from storage.tables import jobs

BATCH = 200  # jobs in one transaction
MARGIN = timedelta(days=1)  # for clocks that differ, and for what takes long
PLACE = 1  # the one row
# Of columns that are read.
NAMES = ("id", "guild_id", "owner_id", "private", "model", "prompt", "created_at", "deleted")


@wired
class SqlSearchWalk:
    """The SearchIndex."""

    database: Database
    clock: Clock

    async def begin(self) -> None:
        async def write(connection: AsyncConnection) -> None:
            now, row = self.clock.now(), await _place(connection)
            if row is None:
                fresh = {"id": PLACE, "begun_at": now, "since": EPOCH, "guild_id": await _next_guild(connection, None)}
                await connection.execute(insert(walk).values(fresh))
            elif row.ended_at is not None:
                again = {"begun_at": now, "since": row.begun_at - MARGIN, "ended_at": None, "at": None, "job": None}
                first = await _next_guild(connection, None)
                await connection.execute(update(walk).values(**again, guild_id=first))

        await self.database.write(write)

    async def step(self) -> bool:
        return await self.database.write(self._step)

    async def _step(self, connection: AsyncConnection) -> bool:
        row = await _place(connection)
        if row is None or row.ended_at is not None:
            return await _renewed_some(connection)
        if row.guild_id is None:
            await connection.execute(update(walk).values(ended_at=self.clock.now()))
            return await _renewed_some(connection)
        rows = await _batch(connection, row)
        entries = [_entry(each) for each in rows if not each.deleted and each.prompt]
        there = await known(connection, entries)
        await put(connection, *(entry for entry in entries if entry.number not in there))
        if len(rows) < BATCH:
            following = await _next_guild(connection, row.guild_id)
            await connection.execute(update(walk).values(guild_id=following, at=None, job=None))
        else:
            await connection.execute(update(walk).values(at=rows[-1].created_at, job=rows[-1].id))
        return True


async def _renewed_some(connection: AsyncConnection) -> bool:
    """Whether there were rows of an older form. Nobody deletes their jobs meanwhile, and those of deleted ones go."""
    if connection.dialect.name != POSTGRESQL:
        return False
    number, guild_id, form = video_words.c.number, video_words.c.guild_id, video_words.c.form
    older = select(guild_id, number, video_words.c.job).where(form < literal_column(str(FORM)))
    rows = (await connection.execute(older.order_by(guild_id, number).limit(BATCH))).all()
    columns = [jobs.c[name] for name in NAMES]
    theirs = select(*columns).where(jobs.c.id.in_([row.job for row in rows]), jobs.c.deleted.is_(False))
    locked = await connection.execute(theirs.order_by(jobs.c.id).with_for_update(read=True))
    entries = [_entry(each) for each in locked if each.prompt]
    await put(connection, *entries)
    kept = {(entry.guild_id, entry.number) for entry in entries}
    if gone := [(row.guild_id, row.number) for row in rows if (row.guild_id, row.number) not in kept]:
        await connection.execute(delete(video_words).where(tuple_(guild_id, number).in_(gone)))
    return bool(rows)


async def is_complete(connection: AsyncConnection) -> bool:
    """Whether it has ever been through all jobs."""
    row = (await connection.execute(select(walk.c.since, walk.c.ended_at))).one_or_none()
    return row is not None and (row.ended_at is not None or row.since > EPOCH)


async def _place(connection: AsyncConnection) -> Row[*tuple[Any, ...]] | None:
    return (await connection.execute(select(walk).with_for_update())).one_or_none()


async def _next_guild(connection: AsyncConnection, guild_id: int | None) -> int | None:
    """By an index alone, however many jobs a server has."""
    later = [] if guild_id is None else [jobs.c.guild_id > guild_id]
    found: int | None = await connection.scalar(select(func.min(jobs.c.guild_id)).where(*later))
    return found


async def _batch(connection: AsyncConnection, place: Row[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Nobody deletes them meanwhile: else the words of one that is gone could be put back."""
    where = [jobs.c.guild_id == place.guild_id, jobs.c.created_at >= place.since]
    if place.at is not None:
        where.append(earlier(jobs.c.created_at, jobs.c.id, place.at, place.job))
    newest = select(*(jobs.c[name] for name in NAMES)).where(*where)
    newest = newest.order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(BATCH)
    return (await connection.execute(newest.with_for_update(read=True))).all()


def _entry(row: Row[*tuple[Any, ...]]) -> SearchedOrder:
    created_at: datetime = row.created_at
    return SearchedOrder(
        job_id=JobId(row.id),
        guild_id=row.guild_id,
        owner_id=row.owner_id,
        private=row.private,
        model=row.model,
        prompt=row.prompt,
        created_at=created_at,
    )
