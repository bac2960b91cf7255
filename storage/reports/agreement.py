"""Whether the kept totals agree with the jobs.

They do not after an update from a version that kept none, or fewer, or if such a version ran alongside this one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.money.costs import MADE
from bot.domain.video import Aim, Mode
from storage.db.totals import total
from storage.reports.buckets import kinds_of_buckets
from storage.reports.sums import CANCELLED_STATE, EVERYBODY, FAILED_STATE, HAS_VIDEO, REVIEW_STATE
from storage.reports.tables import hour_sums, member_sums, video_sums
from storage.tables import jobs

COUNTED_STATES = (FAILED_STATE, CANCELLED_STATE, *HAS_VIDEO)  # also where nothing was charged

is_counted = or_(jobs.c.cost.is_not(None), jobs.c.state.in_(COUNTED_STATES))

Totals = dict[int, tuple[int, ...]]  # by server


async def servers_with_wrong_sums(connection: AsyncConnection, guild_id: int | None = None) -> list[int]:
    """Servers whose totals do not agree with their jobs. Reads all of both, or only this server's."""
    said = await _totals_of_jobs(connection, guild_id)
    kept = [totals async for totals in _kept_totals(connection, guild_id)]
    known = {*said, *(guild_id for totals in kept for guild_id in totals)}
    return sorted(guild_id for guild_id in known if any(_differ(said, totals, guild_id) for totals in kept))


def _differ(said: Totals, kept: Totals, guild_id: int) -> bool:
    """Whether both disagree about a server. Totals that are all 0 are as good as none."""
    expected, found = said.get(guild_id, ()), kept.get(guild_id, ())
    if not expected or not found:
        return any((*expected, *found))
    return expected[: len(found)] != found


async def _totals_of_jobs(connection: AsyncConnection, guild_id: int | None) -> Totals:
    """How many count and are videos, what they cost, were estimated at, own keys paid, and how many extend another."""
    is_made = jobs.c.state.not_in((FAILED_STATE, CANCELLED_STATE, REVIEW_STATE))
    made = case((is_made, 1), else_=0)
    quoted = case((and_(jobs.c.cost.is_not(None), or_(is_made, jobs.c.cost != 0)), jobs.c.quote), else_=0)
    own = case((jobs.c.provider.contains("@"), jobs.c.cost), else_=0)
    extends = case((and_(jobs.c.source.is_not(None), jobs.c.aim == Aim.EXTEND.value), 1), else_=0)
    values = (total(made), total(jobs.c.cost), total(quoted), total(own), total(extends))
    sums = select(jobs.c.guild_id, func.count(), *values)
    rows = await connection.execute(sums.where(is_counted, *_here(jobs, guild_id)).group_by(jobs.c.guild_id))
    return {row[0]: tuple(row[1:]) for row in rows}


def _here(table: Table, guild_id: int | None) -> list[ColumnElement[bool]]:
    return [] if guild_id is None else [table.c.guild_id == guild_id]


async def _kept_totals(connection: AsyncConnection, guild_id: int | None) -> AsyncIterator[Totals]:
    """The same of each kind of kept sums: by days and longer, of all together and by member. Some have less."""
    made = case((video_sums.c.outcome == MADE, video_sums.c.jobs), else_=0)
    extends = case((video_sums.c.mode == Mode.EXTEND.value, video_sums.c.jobs), else_=0)
    of_all = video_sums.c.owner_id == EVERYBODY
    videos = (video_sums.c.jobs, made, video_sums.c.spent, video_sums.c.quoted, video_sums.c.on_own_keys, extends)
    members = (member_sums.c.jobs, member_sums.c.videos, member_sums.c.spent)
    for table, condition, values in (
        (video_sums, of_all, videos),
        (video_sums, ~of_all, videos),
        (member_sums, true(), members),
        (hour_sums, true(), (hour_sums.c.jobs,)),
    ):
        kinds = kinds_of_buckets(table.c.bucket)
        kind = case(*((days, number) for number, days in enumerate(kinds))).label("kind")
        sums = select(kind, table.c.guild_id, *(total(each) for each in values)).where(
            condition, or_(*kinds), *_here(table, guild_id)
        )
        found: Sequence[Totals] = [{} for _ in kinds]
        for row in await connection.execute(sums.group_by("kind", table.c.guild_id)):
            found[row[0]][row[1]] = tuple(row[2:])
        for totals in found:
            yield totals
