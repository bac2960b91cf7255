"""The rows that belong to a member: counted and exported with what is remembered about them, and erased with it.

A table whose rows have a `member_id` is listed here. One whose rows are also about a video has a `job_id`, and loses
them when that video's owner is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access.own_data import OwnFact
from bot.domain.ids import JobId
from storage.studio.collections_table import collected_videos
from storage.studio.contests.tables import contest_votes
from storage.studio.contests.tables import entries as contest_entries
from storage.studio.favourites_table import favourites
from storage.studio.presets_table import presets
from storage.studio.ratings.sums import recount
from storage.studio.ratings.tables import rated_videos, ratings
from storage.studio.showcase.table import showcase_videos
from storage.studio.votes_table import votes
from storage.webhooks.tables import webhook_deliveries

OWN_ROWS: Sequence[Table] = (
    favourites,
    votes,
    collected_videos,
    presets,
    contest_entries,
    contest_votes,
    ratings,
    webhook_deliveries,
)
OF_VIDEOS: Sequence[Table] = (showcase_videos, rated_videos)  # nobody's own


async def count_rows(connection: AsyncConnection, member_id: int) -> int:
    counts = [
        select(func.count()).select_from(table).where(table.c.member_id == member_id).scalar_subquery()
        for table in OWN_ROWS
    ]
    return sum((await connection.execute(select(*counts))).one())


async def rows_as_facts(connection: AsyncConnection, member_id: int) -> list[OwnFact]:
    """One of each table that has rows of theirs: without their owner, and in JSON's own types."""
    found = []
    for table in OWN_ROWS:
        shown = [column for column in table.columns if column.name != "member_id"]
        theirs = select(*shown).where(table.c.member_id == member_id).order_by(*table.primary_key.columns)
        rows = (await connection.execute(theirs)).mappings().all()
        if rows:
            value = [{name: _plain(each) for name, each in row.items()} for row in rows]
            found.append(OwnFact(kind=table.name, value=value))
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else str(value)


async def remove_rows(connection: AsyncConnection, member_id: int) -> int:
    """How many they were."""
    rated = (await connection.execute(select(ratings.c.job_id).where(ratings.c.member_id == member_id))).scalars().all()
    removed = 0
    for table in OWN_ROWS:
        removed += (await connection.execute(delete(table).where(table.c.member_id == member_id))).rowcount
    await recount(connection, [JobId(job_id) for job_id in rated])
    return removed


async def remove_rows_about(connection: AsyncConnection, job_id: JobId) -> None:
    """Remove what anybody keeps about an erased video, of which nothing is left to see."""
    for table in (*OWN_ROWS, *OF_VIDEOS):
        if "job_id" in table.c:
            await connection.execute(delete(table).where(table.c.job_id == job_id))
