"""Stores collections in rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.studio.collections import THE_SERVERS, VideoCollection
from storage.db import upserts
from storage.db.database import Database
from storage.studio.collections_table import collected_videos as rows


@wired
class SqlCollections:
    """The CollectionStore."""

    database: Database

    async def put(self, collection: VideoCollection, job_ids: Collection[JobId], at: datetime) -> None:
        place = {"guild_id": collection.guild_id, "member_id": collection.member_id, "key": collection.key}
        new = [{**place, "job_id": job_id, "name": collection.name, "at": at} for job_id in job_ids]

        async def write(connection: AsyncConnection) -> None:
            if new:
                await connection.execute(upserts.insert(connection, rows).on_conflict_do_nothing(), new)

        await self.database.write(write)

    async def take_out(self, collection: VideoCollection, job_ids: Collection[JobId]) -> int:
        gone = delete(rows).where(is_in(collection), rows.c.job_id.in_(sorted(job_ids)))

        async def write(connection: AsyncConnection) -> int:
            return (await connection.execute(gone)).rowcount

        return await self.database.write(write)

    async def listed(self, guild_id: int, member_id: int) -> Sequence[VideoCollection]:
        whose = rows.c.member_id.in_([THE_SERVERS, member_id])
        by_key = select(rows.c.member_id, rows.c.key, func.min(rows.c.name).label("name"))
        named = by_key.where(rows.c.guild_id == guild_id, whose).group_by(rows.c.member_id, rows.c.key)

        async def read(connection: AsyncConnection) -> list[VideoCollection]:
            found = await connection.execute(named.order_by(rows.c.key, rows.c.member_id))
            return [VideoCollection(guild_id=guild_id, member_id=row.member_id, name=row.name) for row in found]

        return await self.database.read(read)


def is_in(collection: VideoCollection) -> ColumnElement[bool]:
    return and_(
        rows.c.guild_id == collection.guild_id,
        rows.c.member_id == collection.member_id,
        rows.c.key == collection.key,
    )
