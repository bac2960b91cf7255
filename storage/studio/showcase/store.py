"""Stores showcase videos in rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, UpdateBase, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.studio.showcase import EDITED_EVERY, ShowcaseState, ShowcaseVideo
from storage.db.database import Database
from storage.studio.showcase.stars import count, the_row
from storage.studio.showcase.table import showcase_videos as rows
from storage.tables import jobs

THERE = (ShowcaseState.WAITING, ShowcaseState.SHOWN)


@wired
class SqlShowcase:
    """The ShowcaseStore."""

    database: Database

    async def of(self, job_id: JobId) -> ShowcaseVideo | None:
        async def read(connection: AsyncConnection) -> ShowcaseVideo | None:
            row = (await connection.execute(the_row(job_id))).one_or_none()
            return None if row is None else _video(row)

        return await self.database.read(read)

    async def due(self, guild_ids: Collection[int], now: datetime, most: int) -> Sequence[ShowcaseVideo]:
        """Servers are filtered here: few videos are due, while a bot may be on thousands of servers."""
        query = select(rows).where(rows.c.due_at <= now).order_by(rows.c.due_at, rows.c.job_id)
        ours = frozenset(guild_ids)

        async def read(connection: AsyncConnection) -> list[ShowcaseVideo]:
            found = await connection.execute(query)
            return [_video(row) for row in found if row.guild_id in ours][:most]

        return await self.database.read(read)

    async def claim(self, video: ShowcaseVideo, until: datetime) -> bool:
        free = (rows.c.job_id == video.job_id, rows.c.due_at == video.due_at, rows.c.state == video.state)
        return await self._change(update(rows).where(*free).values(due_at=until)) > 0

    async def put_off(self, job_id: JobId, until: datetime) -> None:
        await self._change(update(rows).where(rows.c.job_id == job_id).values(due_at=until))

    async def stars(self, job: Job) -> int:
        return await self.database.read(lambda connection: count(connection, job.id, job.owner_id))

    async def begin(self, job_id: JobId, channel_id: int, now: datetime) -> None:
        await self._change(update(rows).where(rows.c.job_id == job_id).values(channel_id=channel_id, begun_at=now))

    async def not_begun(self, job_id: JobId) -> None:
        nowhere = {"channel_id": None, "begun_at": None}
        await self._change(update(rows).where(rows.c.job_id == job_id, rows.c.message_id.is_(None)).values(nowhere))

    async def shown(self, job: Job, post: PostedMessage, stars: int, now: datetime) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            row = (await connection.execute(the_row(job.id).with_for_update())).one_or_none()
            if row is None:
                return False
            stays = row.state in THERE
            is_same = await count(connection, job.id, job.owner_id) == stars
            due = {"due_at": None if is_same else now + EDITED_EVERY, "state": ShowcaseState.SHOWN} if stays else {}
            place = {"channel_id": post.channel_id, "message_id": post.message_id}
            said = {**place, **due, "stars": stars, "edited_at": now}
            await connection.execute(update(rows).where(rows.c.job_id == job.id).values(said))
            return stays

        return await self.database.write(write)

    async def forget(self, job_id: JobId) -> None:
        await self._change(delete(rows).where(rows.c.job_id == job_id, rows.c.state == ShowcaseState.WAITING))

    async def leave(self, job_id: JobId, now: datetime) -> bool:
        going = {"state": ShowcaseState.LEAVING, "since": now, "due_at": now}
        there = (rows.c.job_id == job_id, rows.c.state.in_(THERE))
        return await self._change(update(rows).where(*there).values(going)) > 0

    async def leave_all(self, owner_id: int, now: datetime) -> int:
        theirs = rows.c.job_id.in_(select(jobs.c.id).where(jobs.c.owner_id == owner_id))
        going = {"state": ShowcaseState.LEAVING, "since": now, "due_at": now}
        return await self._change(update(rows).where(theirs, rows.c.state.in_(THERE)).values(going))

    async def out(self, job_id: JobId) -> None:
        gone = {"state": ShowcaseState.OUT, "due_at": None}
        await self._change(update(rows).where(rows.c.job_id == job_id).values(gone))

    async def _change(self, statement: UpdateBase) -> int:
        async def write(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self.database.write(write)


def _video(row: Row[Any]) -> ShowcaseVideo:
    return ShowcaseVideo(
        job_id=JobId(row.job_id),
        guild_id=row.guild_id,
        state=ShowcaseState(row.state),
        due_at=row.due_at,
        since=row.since,
        channel_id=row.channel_id,
        begun_at=row.begun_at,
        message_id=row.message_id,
        stars=row.stars,
    )
