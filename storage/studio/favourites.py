"""Stores favourites in rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.studio.showcase import ShowcaseEntry
from storage.db import upserts
from storage.db.database import Database
from storage.studio.favourites_table import favourites
from storage.studio.showcase import stars


@wired
class SqlFavourites:
    """The FavouriteStore."""

    database: Database

    async def add(self, member_id: int, job_id: JobId, at: datetime, entry: ShowcaseEntry | None = None) -> None:
        async def write(connection: AsyncConnection) -> None:
            await stars.hold(connection, job_id)
            new = upserts.insert(connection, favourites).values(member_id=member_id, job_id=job_id, at=at)
            await connection.execute(new.on_conflict_do_nothing())
            await stars.note_star(connection, job_id, at, entry)

        await self.database.write(write)

    async def remove(self, member_id: int, job_id: JobId, at: datetime) -> None:
        one = delete(favourites).where(favourites.c.member_id == member_id, favourites.c.job_id == job_id)

        async def write(connection: AsyncConnection) -> None:
            await stars.hold(connection, job_id)
            if (await connection.execute(one)).rowcount:
                await stars.note_star(connection, job_id, at)

        await self.database.write(write)

    async def among(self, member_id: int, job_ids: Collection[JobId]) -> frozenset[JobId]:
        if not job_ids:
            return frozenset()
        theirs = select(favourites.c.job_id).where(
            favourites.c.member_id == member_id, favourites.c.job_id.in_(sorted(job_ids))
        )

        async def read(connection: AsyncConnection) -> frozenset[JobId]:
            return frozenset(JobId(found) for found in (await connection.execute(theirs)).scalars())

        return await self.database.read(read)
