"""Stores votes in rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from storage.db import upserts
from storage.db.database import Database
from storage.studio import ballots
from storage.studio.votes_table import votes


@wired
class SqlVotes:
    """The VoteStore."""

    database: Database

    async def vote(self, batch: JobId, member_id: int, job_id: JobId, at: datetime) -> bool:
        same = and_(votes.c.batch == batch, votes.c.member_id == member_id, votes.c.job_id == job_id)

        async def write(connection: AsyncConnection) -> bool:
            if await ballots.taken_back(connection, votes, same):
                return False
            await upserts.put(connection, votes, batch=batch, member_id=member_id, job_id=job_id, at=at)
            return True

        return await self.database.write(write)

    async def counted(self, batch: JobId) -> Mapping[JobId, int]:
        return await self.database.read(lambda connection: ballots.counted(connection, votes, votes.c.batch == batch))
