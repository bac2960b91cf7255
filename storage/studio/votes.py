"""Votes as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from storage.db import upserts
from storage.db.database import Database
from storage.studio.votes_table import votes


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlVotes:
    """The VoteStore."""

    database: Database

    async def vote(self, batch: JobId, member_id: int, job_id: JobId, at: datetime) -> bool:
        same = and_(votes.c.batch == batch, votes.c.member_id == member_id, votes.c.job_id == job_id)

        async def write(connection: AsyncConnection) -> bool:
            if (await connection.execute(delete(votes).where(same))).rowcount:
                return False
            await upserts.put(connection, votes, batch=batch, member_id=member_id, job_id=job_id, at=at)
            return True

        return await self.database.write(write)

    async def counted(self, batch: JobId) -> Mapping[JobId, int]:
        by_video = select(votes.c.job_id, func.count()).where(votes.c.batch == batch).group_by(votes.c.job_id)

        async def read(connection: AsyncConnection) -> dict[JobId, int]:
            return {JobId(job_id): number for job_id, number in await connection.execute(by_video)}

        return await self.database.read(read)
