"""The totals behind /costs and /stats, changed in the same transaction that changes a job.

A job counts once it is charged or over, on one day of its server's calendar: the day it was first charged, otherwise
the day it was ordered. Any later change affects that day. So the totals can be rebuilt from the jobs at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from operator import add
from typing import Any, TypeVar

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.accounts import is_own
from bot.domain.job import Job
from bot.domain.money.costs import CANCELLED, MADE, UNDECIDED
from bot.domain.phases import Cancelled, Cause, Failed, NeedsReview, Trait, name_of, names_with
from bot.domain.video import Mode
from storage.db import upserts
from storage.guilds import calendar_of
from storage.jobs.mapping import JobRow
from storage.reports.buckets import buckets_of, day_bucket
from storage.reports.tables import hour_sums, member_sums, video_sums
from storage.tables import is_once, is_settled, ledger

FAILED_STATE, CANCELLED_STATE, REVIEW_STATE = (name_of(kind) for kind in (Failed, Cancelled, NeedsReview))
HAS_VIDEO = names_with(Trait.HAS_VIDEO)
EVERYBODY = 0  # in the place of an owner
KEYS = {table: [column.name for column in table.primary_key.columns] for table in (video_sums, member_sums, hour_sums)}
VALUES = {table: [column.name for column in table.columns if not column.primary_key] for table in KEYS}

KEY = TypeVar("KEY")
Row = tuple[int | str, ...]  # the columns of a key in their order
Sums = Sequence[tuple[Table, dict[Row, list[int]]]]  # values of rows by their keys


@value_object
class CountedJob:
    """What one job adds to the totals, if it counts at all."""

    guild_id: int
    owner_id: int
    model: str
    mode: Mode
    outcome: str  # MADE, CANCELLED, UNDECIDED, or the cause of a failure
    spent: int  # micro-dollars
    quoted: int  # likewise; 0 unless it is settled, and for what gave no video and cost nothing
    on_own_key: bool
    at: datetime  # first charged, else ordered
    ordered_at: datetime


class DaySums:
    """What some jobs add up to, by day."""

    def __init__(self) -> None:
        self._videos: dict[
            tuple[int, int, int, str, str, str], list[int]
        ] = {}  # by server, member, day, model, mode, outcome: the values of `video_sums`
        self._hours: dict[tuple[int, int, int], list[int]] = {}  # by server, day, hour

    def add(self, job: CountedJob, times: int, zone: tzinfo) -> None:
        """`zone` is where the days begin."""
        local = job.at.astimezone(zone)
        day = day_bucket(local)
        video = (job.guild_id, job.owner_id, day, job.model, job.mode.value, job.outcome)
        own = job.spent if job.on_own_key else 0
        put(self._videos, video, [times * each for each in (1, int(job.spent > 0), job.spent, job.quoted, own)])
        put(self._hours, (job.guild_id, day, job.ordered_at.astimezone(zone).hour), (times,))

    @property
    def buckets(self) -> frozenset[int]:
        """The days that any of them is in, and all longer periods."""
        return frozenset(bucket for _, _, day, *_ in self._videos for bucket in buckets_of(day))

    def rows(self) -> Iterator[tuple[Table, dict[Row, list[int]]]]:
        """The rows of each table: of days and longer periods, of each member and of all together."""
        videos: dict[Row, list[int]] = {}
        members: dict[Row, list[int]] = {}
        hours: dict[Row, list[int]] = {}
        for (guild, owner, day, model, mode, outcome), values in self._videos.items():
            jobs, _, spent, *_ = values
            for bucket in buckets_of(day):
                put(videos, (guild, EVERYBODY, bucket, model, mode, outcome), values)
                put(videos, (guild, owner, bucket, model, mode, _briefly(outcome)), values)
                put(members, (guild, bucket, owner), (jobs, jobs if outcome == MADE else 0, spent))
        for (guild, day, hour), values in self._hours.items():
            for bucket in buckets_of(day):
                put(hours, (guild, bucket, hour), values)
        yield from ((video_sums, videos), (member_sums, members), (hour_sums, hours))


def _briefly(outcome: str) -> str:
    """Why orders of one member failed is in no report, and would turn few rows into many."""
    return outcome if outcome in {MADE, UNDECIDED} else FAILED_STATE


def put(sums: dict[KEY, list[int]], key: KEY, values: Sequence[int]) -> None:
    """Add to what is stored under that key."""
    known = sums.get(key)
    if known is None:
        sums[key] = list(values)
    else:
        known[:] = map(add, known, values)


async def follow(connection: AsyncConnection, before: JobRow, job: Job, at: datetime) -> None:
    """Bring the totals up to date with a change of a job, given its previous row."""
    cost = None if job.cost is None else job.cost.micros
    earlier = counted(before, before.state, cause_in(before.detail), before.cost, before.created_at)
    later = counted(before, name_of(job.phase), getattr(job.phase, "cause", None), cost, before.created_at)
    if earlier == later and (before.cost is None) == (cost is None):
        return  # most steps: it was not counted, and is not now
    charged_at = at if before.cost is None else await settled_at(connection, job)
    changes = [
        (earlier, -1, charged_at if before.cost is not None else before.created_at),
        (later, 1, charged_at if cost is not None else before.created_at),
    ]
    zone, sums = (await calendar_of(connection, job.guild_id)).zone, DaySums()
    for each, times, day in changes:
        if each is not None:
            sums.add(replace(each, at=day), times, zone)
    await write(connection, sums)


def counted(row: JobRow, state: str, cause: str | None, cost: int | None, at: datetime) -> CountedJob | None:
    """What a job adds in this state; None for one that is neither charged nor over."""
    outcome = _outcome(state, cause, is_charged=cost is not None)
    if outcome is None:
        return None
    return CountedJob(
        guild_id=row.guild_id,
        owner_id=row.owner_id,
        model=row.model,
        mode=Mode.of(row.source, row.aim),
        outcome=outcome,
        spent=cost or 0,
        quoted=row.quote if cost or (cost == 0 and outcome == MADE) else 0,
        on_own_key=is_own(row.provider),
        at=at,
        ordered_at=row.created_at,
    )


def cause_in(detail: Any) -> str | None:
    """Why a job failed, from the stored fields of its phase."""
    return detail.get("cause") if isinstance(detail, dict) else None


def _outcome(state: str, cause: str | None, *, is_charged: bool) -> str | None:
    if state == FAILED_STATE:
        return cause or Cause.PROVIDER
    if state == CANCELLED_STATE:
        return CANCELLED
    if state == REVIEW_STATE:
        return UNDECIDED if is_charged else None
    return MADE if is_charged or state in HAS_VIDEO else None


async def settled_at(connection: AsyncConnection, job: Job) -> datetime:
    """When a job was first charged, otherwise ordered."""
    settled = select(ledger.c.at).where(ledger.c.job_id == job.id, is_settled, is_once)
    found: datetime | None = (await connection.execute(settled)).scalar_one_or_none()
    return found or job.created_at


async def write(connection: AsyncConnection, sums: DaySums) -> None:
    """Add to existing rows, and create missing ones; always in the same order, to avoid deadlocks."""
    for table, rows in sums.rows():
        await write_rows(connection, table, rows)


async def write_rows(connection: AsyncConnection, table: Table, rows: Mapping[Row, Sequence[int]]) -> None:
    names = [*KEYS[table], *VALUES[table]]
    changed = [dict(zip(names, (*key, *rows[key]), strict=True)) for key in sorted(rows) if any(rows[key])]
    if changed:
        new = upserts.insert(connection, table)
        more = {name: table.c[name] + new.excluded[name] for name in VALUES[table]}
        await connection.execute(new.on_conflict_do_update(index_elements=KEYS[table], set_=more), changed)
