"""What all votes have in common: repeating a vote takes it back, and votes are counted by video."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId


async def taken_back(connection: AsyncConnection, table: Table, same: ColumnElement[bool]) -> bool:
    """Whether it existed, and is deleted now."""
    return bool((await connection.execute(delete(table).where(same))).rowcount)


async def counted(connection: AsyncConnection, table: Table, which: ColumnElement[bool]) -> Mapping[JobId, int]:
    """By video; those without a vote are left out."""
    by_video = select(table.c.job_id, func.count()).where(which).group_by(table.c.job_id)
    return {JobId(job_id): number for job_id, number in await connection.execute(by_video)}
