"""The sums behind /costs and /stats, changed in the very transaction that changes a job.

A job counts once it is charged or over, on one day of its server's calendar: the day it was first charged, else the day
it was ordered. Whatever becomes of it later changes that day. So the sums can be made anew from the jobs at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.job import Job
from bot.domain.money.costs import CANCELLED, MADE, UNDECIDED
from bot.domain.phases import Cancelled, Cause, Failed, NeedsReview, Trait, name_of, names_with
from bot.domain.video import Mode
from storage.db import upserts
from storage.guilds import calendar_of
from storage.jobs.mapping import JobRow
from storage.tables import hour_sums, is_once, is_settled, ledger, member_sums, video_sums

FAILED_STATE, CANCELLED_STATE, REVIEW_STATE = (phase.__name__.lower() for phase in (Failed, Cancelled, NeedsReview))
HAS_VIDEO = names_with(Trait.HAS_VIDEO)
EVERYBODY = 0  # in the place of an owner
KEYS = {table: [column.name for column in table.primary_key.columns] for table in (video_sums, member_sums, hour_sums)}
VALUES = {table: [column.name for column in table.columns if not column.primary_key] for table in KEYS}

Row = tuple[int | str, ...]  # the columns of a key in their order
Sums = Mapping[Table, Mapping[Row, Counter[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedJob:
    """What one job adds to the sums, where it is counted at all."""

    guild_id: int
    owner_id: int
    model: str
    mode: Mode
    outcome: str  # MADE, CANCELLED, UNDECIDED, or the cause of a failure
    spent: int  # micro-dollars
    quoted: int  # likewise; 0 unless it is settled
    at: datetime  # first charged, else ordered
    ordered_at: datetime

    def rows(self, zone: tzinfo) -> list[tuple[Table, Row, Counter[str]]]:
        """What is added to which row of which table."""
        day = self.at.astimezone(zone)
        hour = self.ordered_at.astimezone(zone).hour
        kind = (self.model, self.mode.value, self.outcome)
        sums = Counter(jobs=1, charged=int(self.spent > 0), spent=self.spent, quoted=self.quoted)
        theirs = Counter(jobs=1, videos=int(self.outcome == MADE), spent=self.spent)
        return [
            row
            for bucket in buckets_of(day)
            for row in (
                (video_sums, (self.guild_id, EVERYBODY, bucket, *kind), sums),
                (video_sums, (self.guild_id, self.owner_id, bucket, *kind), sums),
                (member_sums, (self.guild_id, bucket, self.owner_id), theirs),
                (hour_sums, (self.guild_id, bucket, hour), Counter(jobs=1)),
            )
        ]


def buckets_of(day: datetime) -> tuple[int, int]:
    """A day and its month, as the tables have them."""
    month = day.year * 100 + day.month
    return month * 100 + day.day, month


async def follow(connection: AsyncConnection, before: JobRow, job: Job, at: datetime) -> None:
    """Bring the sums up to date with a change of a job, given its row as it was."""
    cost = None if job.cost is None else job.cost.micros
    earlier = counted(before, before.state, cause_in(before.detail), before.cost, before.created_at)
    later = counted(before, name_of(job.phase), getattr(job.phase, "cause", None), cost, before.created_at)
    if earlier == later and (before.cost is None) == (cost is None):
        return  # most steps: it was not counted, and is not now
    settled_at = at if before.cost is None else await _settled_at(connection, job)
    changes = [
        (earlier, -1, settled_at if before.cost is not None else before.created_at),
        (later, 1, settled_at if cost is not None else before.created_at),
    ]
    zone = (await calendar_of(connection, job.guild_id)).zone
    dated = [(replace(each, at=day), sign, zone) for each, sign, day in changes if each is not None]
    await add(connection, added(dated))


def counted(row: JobRow, state: str, cause: str | None, cost: int | None, at: datetime) -> CountedJob | None:
    """What a job adds when it is in such a state; None for one that is neither charged nor over."""
    outcome = _outcome(state, cause, is_charged=cost is not None)
    if outcome is None:
        return None
    return CountedJob(
        guild_id=row.guild_id,
        owner_id=row.owner_id,
        model=row.model,
        mode=Mode.CREATE if row.source is None else Mode.REMIX,
        outcome=outcome,
        spent=cost or 0,
        quoted=0 if cost is None else row.quote,
        at=at,
        ordered_at=row.created_at,
    )


def cause_in(detail: Any) -> str | None:
    """Why a job failed, by its phase's fields as they are stored."""
    return detail.get("cause") if isinstance(detail, dict) else None


def _outcome(state: str, cause: str | None, *, is_charged: bool) -> str | None:
    if state == FAILED_STATE:
        return cause or Cause.PROVIDER
    if state == CANCELLED_STATE:
        return CANCELLED
    if state == REVIEW_STATE:
        return UNDECIDED if is_charged else None
    return MADE if is_charged or state in HAS_VIDEO else None


async def _settled_at(connection: AsyncConnection, job: Job) -> datetime:
    settled = select(ledger.c.at).where(ledger.c.job_id == job.id, is_settled, is_once)
    found: datetime | None = (await connection.execute(settled)).scalar_one_or_none()
    return found or job.created_at


def added(counts: Iterable[tuple[CountedJob, int, tzinfo]]) -> dict[Table, dict[Row, Counter[str]]]:
    """The sums of jobs, each taken so many times."""
    sums: dict[Table, dict[Row, Counter[str]]] = {table: {} for table in KEYS}
    for job, times, zone in counts:
        for table, key, values in job.rows(zone):
            row = sums[table].setdefault(key, Counter())
            for name, value in values.items():
                row[name] += times * value
    return sums


async def add(connection: AsyncConnection, sums: Sums) -> None:
    """Add to the rows that are there, and make those that are not; always in the same order, so that none deadlock."""
    for table, rows in sums.items():
        changed = [_values(table, key, rows[key]) for key in sorted(rows) if any(rows[key].values())]
        if changed:
            new = upserts.insert(connection, table)
            more = {name: table.c[name] + new.excluded[name] for name in VALUES[table]}
            await connection.execute(new.on_conflict_do_update(index_elements=KEYS[table], set_=more), changed)


def _values(table: Table, key: Row, row: Counter[str]) -> dict[str, Any]:
    return {**dict(zip(KEYS[table], key, strict=True)), **{name: row[name] for name in VALUES[table]}}
