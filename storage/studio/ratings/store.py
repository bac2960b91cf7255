"""Stores ratings in rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.studio.ratings import VideoRating
from storage.db import upserts
from storage.db.database import Database
from storage.studio import ballots
from storage.studio.ratings.sums import counted, recount
from storage.studio.ratings.tables import ratings


@wired
class SqlRatings:
    """The RatingStore."""

    database: Database

    async def rate(self, member_id: int, job_id: JobId, at: datetime, *, likes: bool) -> bool:
        same = and_(ratings.c.job_id == job_id, ratings.c.member_id == member_id, ratings.c.likes.is_(likes))

        async def write(connection: AsyncConnection) -> bool:
            taken_back = await ballots.taken_back(connection, ratings, same)
            if not taken_back:
                await upserts.put(connection, ratings, job_id=job_id, member_id=member_id, likes=likes, at=at)
            await recount(connection, [job_id])
            return not taken_back

        return await self.database.write(write)

    async def of(self, member_id: int, job_id: JobId) -> bool | None:
        theirs = select(ratings.c.likes).where(ratings.c.job_id == job_id, ratings.c.member_id == member_id)

        async def read(connection: AsyncConnection) -> bool | None:
            return (await connection.execute(theirs)).scalar_one_or_none()

        return await self.database.read(read)

    async def counted(self, job_ids: Collection[JobId]) -> Mapping[JobId, VideoRating]:
        """From the ratings themselves: an older version may store ratings beside this one."""
        if not job_ids:
            return {}
        these = counted(ratings.c.job_id.in_(sorted(job_ids)))

        async def read(connection: AsyncConnection) -> dict[JobId, VideoRating]:
            found = await connection.execute(these)
            return {JobId(row.job_id): VideoRating(likes=row.likes, dislikes=row.dislikes) for row in found}

        return await self.database.read(read)
