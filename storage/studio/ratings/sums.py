"""Totals of each video's ratings: updated in the same transaction as the ratings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId, number_of
from storage.db.database import Database
from storage.db.totals import total
from storage.studio.ratings.tables import rated_videos, ratings
from storage.studio.search.index import number_at
from storage.tables import jobs

AT_ONCE = 500  # videos
COPIED = ("guild_id", "owner_id", "channel_id", "model")  # from jobs, so that none are looked up in vain
LIKED, DISLIKED = (func.sum(case((ratings.c.likes.is_(each), 1), else_=0)) for each in (True, False))


def counted(which: ColumnElement[bool] | None = None) -> Select[Any]:
    """How many members like a video and how many do not, by video."""
    by_video = select(ratings.c.job_id, LIKED.label("likes"), DISLIKED.label("dislikes")).group_by(ratings.c.job_id)
    return by_video if which is None else by_video.where(which)


def well_rated(guild_id: int) -> Select[Any]:
    """The ids of a server's videos that more members like than do not."""
    return select(rated_videos.c.job_id).where(rated_videos.c.guild_id == guild_id, rated_videos.c.score > 0)


async def recount(connection: AsyncConnection, job_ids: Collection[JobId]) -> None:
    """Recompute the totals of these videos. Anyone else who rates one of them waits, and then counts both."""
    for some in _parts(sorted(job_ids)):
        known = select(*(jobs.c[name] for name in ("id", *COPIED, "created_at"))).where(jobs.c.id.in_(some))
        locked = await connection.execute(known.order_by(jobs.c.id).with_for_update(key_share=True))
        videos = {row.id: row for row in locked}
        await connection.execute(delete(rated_videos).where(rated_videos.c.job_id.in_(some)))
        sums = [
            {
                "job_id": row.job_id,
                **{name: getattr(videos[row.job_id], name) for name in COPIED},
                "number": number_at(videos[row.job_id].created_at) + number_of(row.job_id),
                "likes": row.likes,
                "dislikes": row.dislikes,
                "score": row.likes - row.dislikes,
            }
            for row in await connection.execute(counted(ratings.c.job_id.in_(some)))
            if row.job_id in videos
        ]
        if sums:
            await connection.execute(insert(rated_videos), sums)


async def mend(database: Database) -> int:
    """Correct wrong totals: after an update, and after an older version ran beside this one. Returns how many."""
    wrong = await database.read_at_start(_wrong)
    for some in _parts(wrong):  # each part in its own transaction: others want to write, too
        await database.write(partial(recount, job_ids=some))
    return len(wrong)


async def _wrong(connection: AsyncConnection) -> list[JobId]:
    """Searched for only if the grand totals differ: that reads all ratings one by one."""
    given = select(func.count(), total(case((ratings.c.likes.is_(True), 1), else_=0))).select_from(ratings)
    kept = select(total(rated_videos.c.likes + rated_videos.c.dislikes), total(rated_videos.c.likes))
    if (await connection.execute(given)).one() == (await connection.execute(kept)).one():
        return []
    said = counted().subquery()
    differs = or_(
        rated_videos.c.job_id.is_(None),
        rated_videos.c.likes != said.c.likes,
        rated_videos.c.dislikes != said.c.dislikes,
    )
    joined = said.outerjoin(rated_videos, rated_videos.c.job_id == said.c.job_id)
    wrong = select(said.c.job_id).select_from(joined).where(differs)
    without = select(rated_videos.c.job_id).where(rated_videos.c.job_id.not_in(select(ratings.c.job_id)))
    return [JobId(job_id) for job_id in (await connection.execute(union(wrong, without))).scalars()]


def _parts(job_ids: Sequence[JobId]) -> Iterator[Sequence[JobId]]:
    for start in range(0, len(job_ids), AT_ONCE):
        yield job_ids[start : start + AT_ONCE]
