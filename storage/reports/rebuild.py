"""Whether the kept sums agree with the jobs, and making them anew where they do not.

They do not after an update from a version that kept none, and where such a version ran beside this one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial

from sqlalchemy import and_, case, delete, func, null, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.money.costs import MADE
from storage.db.database import Database
from storage.db.totals import total
from storage.guilds import calendar_of
from storage.jobs.mapping import JobRow
from storage.reports.buckets import kinds_of_buckets
from storage.reports.sums import (
    CANCELLED_STATE,
    EVERYBODY,
    FAILED_STATE,
    HAS_VIDEO,
    REVIEW_STATE,
    DaySums,
    cause_in,
    counted,
    write,
)
from storage.reports.tables import hour_sums, member_sums, video_sums
from storage.tables import is_once, is_settled, jobs, ledger

AT_ONCE = 5000  # rows read at a time
COUNTED_STATES = (FAILED_STATE, CANCELLED_STATE, *HAS_VIDEO)  # also where nothing was charged

_is_counted = or_(jobs.c.cost.is_not(None), jobs.c.state.in_(COUNTED_STATES))

Totals = dict[int, tuple[int, ...]]  # by server


async def servers_with_wrong_sums(connection: AsyncConnection) -> list[int]:
    """Those whose sums do not agree with their jobs. Reads all of both."""
    said = await _totals_of_jobs(connection)
    kept = [totals async for totals in _kept_totals(connection)]
    known = {*said, *(guild_id for totals in kept for guild_id in totals)}
    return sorted(guild_id for guild_id in known if any(_differ(said, totals, guild_id) for totals in kept))


def _differ(said: Totals, kept: Totals, guild_id: int) -> bool:
    """Whether what both have of a server differs. Sums that are all 0 are as good as none."""
    expected, found = said.get(guild_id, ()), kept.get(guild_id, ())
    if not expected or not found:
        return any((*expected, *found))
    return expected[: len(found)] != found


async def mend(database: Database) -> list[int]:
    """Make the sums of each server anew that has wrong ones; which these were."""
    wrong = await database.read_at_start(servers_with_wrong_sums)
    for guild_id in wrong:  # each by itself: others want to write, too
        await database.write(partial(rebuild, guild_id=guild_id))
    return wrong


async def rebuild(connection: AsyncConnection, guild_id: int) -> None:
    """From the jobs and the ledger, while nobody else changes them."""
    if connection.dialect.name == "postgresql":  # on SQLite, whoever writes is alone anyway
        await connection.execute(text("LOCK TABLE video_sums, member_sums, hour_sums IN SHARE ROW EXCLUSIVE MODE"))
    for table in (video_sums, member_sums, hour_sums):
        await connection.execute(delete(table).where(table.c.guild_id == guild_id))
    sums, zone = DaySums(), (await calendar_of(connection, guild_id)).zone
    async for rows in _pages(connection, guild_id):
        for row in rows:
            job = counted(row, row.state, cause_in(row.detail), row.cost, row.at or row.created_at)
            if job is not None:
                sums.add(job, 1, zone)
    await write(connection, sums)


async def _pages(connection: AsyncConnection, guild_id: int) -> AsyncIterator[Sequence[JobRow]]:
    """All jobs of a server that count, the oldest first."""
    first_charged = and_(ledger.c.job_id == jobs.c.id, is_settled, is_once)
    detail = case((jobs.c.state == FAILED_STATE, jobs.c.detail), else_=null()).label("detail")  # holds the cause
    names = ("id", "guild_id", "owner_id", "model", "source", "state", "cost", "quote", "created_at", "provider")
    columns = [getattr(jobs.c, name) for name in names]
    query = (
        select(*columns, ledger.c.at, detail)
        .outerjoin(ledger, first_charged)
        .where(jobs.c.guild_id == guild_id, _is_counted)
        .order_by(jobs.c.created_at, jobs.c.id)
        .limit(AT_ONCE)
    )
    page = query
    while rows := (await connection.execute(page)).all():
        yield rows
        last = rows[-1]
        later = or_(jobs.c.created_at > last.created_at, jobs.c.id > last.id)
        page = query.where(jobs.c.created_at >= last.created_at, later)


async def _totals_of_jobs(connection: AsyncConnection) -> Totals:
    """How many count, how many of them are videos, what they cost, what they were estimated at, and own keys paid."""
    made = case((jobs.c.state.not_in((FAILED_STATE, CANCELLED_STATE, REVIEW_STATE)), 1), else_=0)
    quoted = case((jobs.c.cost.is_not(None), jobs.c.quote), else_=0)
    own = case((jobs.c.provider.contains("@"), jobs.c.cost), else_=0)
    sums = select(jobs.c.guild_id, func.count(), total(made), total(jobs.c.cost), total(quoted), total(own))
    rows = await connection.execute(sums.where(_is_counted).group_by(jobs.c.guild_id))
    return {row[0]: tuple(row[1:]) for row in rows}


async def _kept_totals(connection: AsyncConnection) -> AsyncIterator[Totals]:
    """The same of each kind of kept sums: by days and longer, of all together and by member. Some have less."""
    made = case((video_sums.c.outcome == MADE, video_sums.c.jobs), else_=0)
    of_all = video_sums.c.owner_id == EVERYBODY
    videos = (video_sums.c.jobs, made, video_sums.c.spent, video_sums.c.quoted, video_sums.c.on_own_keys)
    members = (member_sums.c.jobs, member_sums.c.videos, member_sums.c.spent)
    for table, condition, values in (
        (video_sums, of_all, videos),
        (video_sums, ~of_all, videos),
        (member_sums, true(), members),
        (hour_sums, true(), (hour_sums.c.jobs,)),
    ):
        kinds = kinds_of_buckets(table.c.bucket)
        kind = case(*((days, number) for number, days in enumerate(kinds))).label("kind")
        sums = select(kind, table.c.guild_id, *(total(each) for each in values)).where(condition, or_(*kinds))
        found: Sequence[Totals] = [{} for _ in kinds]
        for row in await connection.execute(sums.group_by("kind", table.c.guild_id)):
            found[row[0]][row[1]] = tuple(row[2:])
        for totals in found:
            yield totals
