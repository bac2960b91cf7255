"""Ratings as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.studio.ratings import VideoRating
from storage.db import upserts
from storage.db.database import Database
from storage.studio import ballots
from storage.studio.ratings_table import ratings

LIKED, DISLIKED = (func.sum(case((ratings.c.likes.is_(each), 1), else_=0)) for each in (True, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRatings:
    """The RatingStore."""

    database: Database

    async def rate(self, member_id: int, job_id: JobId, at: datetime, *, likes: bool) -> bool:
        same = and_(ratings.c.job_id == job_id, ratings.c.member_id == member_id, ratings.c.likes.is_(likes))

        async def write(connection: AsyncConnection) -> bool:
            if await ballots.taken_back(connection, ratings, same):
                return False
            await upserts.put(connection, ratings, job_id=job_id, member_id=member_id, likes=likes, at=at)
            return True

        return await self.database.write(write)

    async def of(self, member_id: int, job_id: JobId) -> bool | None:
        theirs = select(ratings.c.likes).where(ratings.c.job_id == job_id, ratings.c.member_id == member_id)

        async def read(connection: AsyncConnection) -> bool | None:
            return (await connection.execute(theirs)).scalar_one_or_none()

        return await self.database.read(read)

    async def counted(self, job_ids: Collection[JobId]) -> Mapping[JobId, VideoRating]:
        if not job_ids:
            return {}
        by_video = select(ratings.c.job_id, LIKED.label("likes"), DISLIKED.label("dislikes"))
        these = by_video.where(ratings.c.job_id.in_(sorted(job_ids))).group_by(ratings.c.job_id)

        async def read(connection: AsyncConnection) -> dict[JobId, VideoRating]:
            found = await connection.execute(these)
            return {JobId(row.job_id): VideoRating(likes=row.likes, dislikes=row.dislikes) for row in found}

        return await self.database.read(read)


def well_rated() -> Select[Any]:
    """The ids of videos that more members like than do not."""
    return select(ratings.c.job_id).group_by(ratings.c.job_id).having(LIKED > DISLIKED)
