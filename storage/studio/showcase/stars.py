"""What a ★ given or taken back means for the showcase, within the transaction that stores it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.studio.showcase import EDITED_EVERY, ShowcaseEntry, ShowcaseState
from storage.db import upserts
from storage.studio.favourites_table import favourites
from storage.studio.showcase.table import showcase_videos
from storage.tables import jobs


async def hold(connection: AsyncConnection, job_id: JobId) -> None:
    """Serialises the stars of one video, so that of two at once the second counts the first."""
    await connection.execute(select(jobs.c.id).where(jobs.c.id == job_id).with_for_update())


async def note_star(
    connection: AsyncConnection, job_id: JobId, at: datetime, entry: ShowcaseEntry | None = None
) -> None:
    row = (await connection.execute(the_row(job_id).with_for_update())).one_or_none()
    if row is not None:
        await _note_change(connection, row, at)
    elif entry is not None and await count(connection, job_id, entry.owner_id) >= entry.stars:
        fresh = {"state": ShowcaseState.WAITING, "since": at, "due_at": at, "stars": 0}
        new = upserts.insert(connection, showcase_videos).values(job_id=job_id, guild_id=entry.guild_id, **fresh)
        await connection.execute(new.on_conflict_do_nothing())


async def _note_change(connection: AsyncConnection, row: Row[Any], at: datetime) -> None:
    """Its post is soon updated, but not more often than posts are edited."""
    if row.state != ShowcaseState.SHOWN or row.due_at is not None:
        return
    due = at if row.edited_at is None else max(at, row.edited_at + EDITED_EVERY)
    this = showcase_videos.c.job_id == row.job_id
    await connection.execute(update(showcase_videos).where(this).values(due_at=due))


async def count(connection: AsyncConnection, job_id: JobId, owner_id: int) -> int:
    """Of members other than the owner."""
    given = select(func.count()).where(favourites.c.job_id == job_id, favourites.c.member_id != owner_id)
    return (await connection.execute(given)).scalar_one()


def the_row(job_id: JobId) -> Select[*tuple[Any, ...]]:
    return select(showcase_videos).where(showcase_videos.c.job_id == job_id)
