"""Rebuilding the kept totals of servers where they do not agree with the jobs, in the background.

Days are compared with the jobs of those days, newest first, in short transactions. Each corrects the differences, in
the rows of its days and of all longer periods, so totals never get worse. Correct ones are only read, so the next start
soon reaches where an interruption stopped it. If longer periods still differ, they are compared with their parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Table, and_, case, delete, func, null, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.money.calendar import Calendar
from storage.db.database import Database
from storage.db.totals import total
from storage.guilds import calendar_of, nothing
from storage.reports import pending
from storage.reports.agreement import is_counted, servers_with_wrong_sums
from storage.reports.buckets import (
    LAST_DAY,
    LAST_MONTH,
    ONE_DAY,
    buckets_of,
    day_bucket,
    day_in,
    parts_of_longer,
)
from storage.reports.sums import FAILED_STATE, KEYS, VALUES, DaySums, Row, Sums, cause_in, counted, put, write_rows
from storage.tables import is_once, is_settled, jobs, ledger

MOST_JOBS = 500  # in one transaction; more only where one day has more
BETWEEN = 0.05  # seconds after each: others want to write, too
COLUMNS = ("id", "guild_id", "owner_id", "model", "source", "aim", "state", "cost", "quote", "created_at", "provider")

_first_charged = and_(ledger.c.job_id == jobs.c.id, is_settled, is_once)


async def mend(database: Database, most: int = MOST_JOBS) -> list[int]:
    """Correct the totals of each server that has wrong ones. Returns these servers. `most` jobs in one transaction."""
    wrong = await database.read_at_start(servers_with_wrong_sums)
    is_noted = await database.read(pending.of_any_server)
    if wrong or is_noted:
        await database.write(partial(pending.note_all, guild_ids=wrong))
    for guild_id in wrong:
        await _mend_server(database, guild_id, most)
        await database.write(partial(pending.forget, guild_id=guild_id))
    return wrong


async def _mend_server(database: Database, guild_id: int, most: int) -> None:
    every = await database.read(partial(_all_days, guild_id=guild_id))
    if every is not None:
        await _mend_days(database, every, most)
    if guild_id not in await database.read(partial(servers_with_wrong_sums, guild_id=guild_id)):
        return
    for bucket, first, last in _longer_than(every):
        await _put_right(database, _Longer(guild_id=guild_id, bucket=bucket, first=first, last=last))
    await database.write(partial(_drop_longer_without_days, guild_id=guild_id))


async def _mend_days(database: Database, days: _Days, most: int) -> None:
    if days.first < days.last and await database.read(days.size) > most:
        for half in days.halves():
            await _mend_days(database, half, most)
    else:
        await _put_right(database, days)


async def _put_right(database: Database, part: _Days | _Longer) -> None:
    await database.write(part.put_right)
    await asyncio.sleep(BETWEEN)


@wired
class _Days:
    """Some days of a server, both ends included."""

    guild_id: int
    first: date
    last: date

    def halves(self) -> tuple[_Days, _Days]:
        """The later one first."""
        middle = self.first + (self.last - self.first) // 2
        earlier = _Days(guild_id=self.guild_id, first=self.first, last=middle)
        return _Days(guild_id=self.guild_id, first=middle + ONE_DAY, last=self.last), earlier

    async def size(self, connection: AsyncConnection) -> int:
        """About how many count in these days."""
        calendar = await calendar_of(connection, self.guild_id)
        charged = select(func.count()).select_from(ledger).where(*self._charged(calendar), is_settled)
        ordered = select(func.count()).select_from(jobs).where(*self._ordered(calendar))
        row = (await connection.execute(select(charged.scalar_subquery(), ordered.scalar_subquery()))).one()
        return max(int(row[0]), int(row[1]))

    async def differences(self, connection: AsyncConnection) -> Sums:
        """What would have to be added to the rows of these days, by table."""
        calendar, sums = await calendar_of(connection, self.guild_id), DaySums()
        for row in await connection.execute(self._counted(calendar)):
            job = counted(row, row.state, cause_in(row.detail), row.cost, row.at or row.created_at)
            if job is not None:
                sums.add(job, 1, calendar.zone)
        return [
            (table, _difference(_of_days(table, rows), await self._kept(connection, table)))
            for table, rows in sums.rows()
        ]

    async def put_right(self, connection: AsyncConnection) -> None:
        await _keep_others_out(connection)
        for table, rows in await self.differences(connection):
            await write_rows(connection, table, _with_longer(table, rows))

    async def _kept(self, connection: AsyncConnection, table: Table) -> dict[Row, list[int]]:
        days = table.c.bucket.between(day_bucket(self.first), day_bucket(self.last))
        return await _rows(connection, table, table.c.guild_id == self.guild_id, days)

    def _counted(self, calendar: Calendar) -> CompoundSelect[Any]:
        """The jobs that count on these days: those first charged then, and those never charged but ordered then."""
        detail = case((jobs.c.state == FAILED_STATE, jobs.c.detail), else_=null()).label("detail")  # holds the cause
        columns = [*(jobs.c[name] for name in COLUMNS), detail]
        charged = select(*columns, ledger.c.at).join_from(ledger, jobs, _first_charged)
        never = ~select(ledger.c.job_id).where(_first_charged).exists()
        uncharged = select(*columns, nothing(ledger.c.at))
        return union_all(
            charged.where(*self._charged(calendar), is_counted),
            uncharged.where(*self._ordered(calendar), is_counted, never),
        )

    def _charged(self, calendar: Calendar) -> Sequence[ColumnElement[bool]]:
        return [ledger.c.guild_id == self.guild_id, *self._within(ledger.c.at, calendar)]

    def _ordered(self, calendar: Calendar) -> Sequence[ColumnElement[bool]]:
        return [jobs.c.guild_id == self.guild_id, *self._within(jobs.c.created_at, calendar)]

    def _within(self, column: ColumnElement[Any], calendar: Calendar) -> Sequence[ColumnElement[bool]]:
        return [column >= calendar.midnight(self.first), column < calendar.midnight(self.last + ONE_DAY)]


@wired
class _Longer:
    """A month, quarter or year of a server, and the buckets that make it up, from `first` to `last`."""

    guild_id: int
    bucket: int
    first: int
    last: int

    async def differences(self, connection: AsyncConnection) -> Sums:
        found = list[tuple[Table, dict[Row, list[int]]]]()
        for table in KEYS:
            here = table.c.guild_id == self.guild_id
            kept = await _rows(connection, table, here, table.c.bucket == self.bucket)
            found.append((table, _difference(await self._made_up(connection, table), kept)))
        return found

    async def put_right(self, connection: AsyncConnection) -> None:
        await _keep_others_out(connection)
        for table, rows in await self.differences(connection):
            await write_rows(connection, table, rows)

    async def _made_up(self, connection: AsyncConnection, table: Table) -> dict[Row, list[int]]:
        names = [name for name in KEYS[table] if name != "bucket"]
        key = [table.c[name] for name in names]
        parts = table.c.bucket.between(self.first, self.last)
        sums = select(*key, *(total(table.c[name]) for name in VALUES[table])).group_by(*key)
        place, found = KEYS[table].index("bucket"), dict[Row, list[int]]()
        for row in await connection.execute(sums.where(table.c.guild_id == self.guild_id, parts)):
            (*others,) = row[: len(key)]
            found[(*others[:place], self.bucket, *others[place:])] = list(row[len(key) :])
        return found


async def _all_days(connection: AsyncConnection, guild_id: int) -> _Days | None:
    """From the first to the last on which anything counts, or is kept."""
    calendar = await calendar_of(connection, guild_id)
    moments = [*await _ends(connection, jobs.c.created_at, jobs.c.guild_id == guild_id)]
    moments += await _ends(connection, ledger.c.at, ledger.c.guild_id == guild_id, is_settled)
    days = [calendar.local(moment).date() for moment in moments]
    for table in KEYS:
        is_day = table.c.bucket.between(LAST_MONTH + 1, LAST_DAY)
        days += map(day_in, await _ends(connection, table.c.bucket, table.c.guild_id == guild_id, is_day))
    return _Days(guild_id=guild_id, first=min(days), last=max(days)) if days else None


def _longer_than(days: _Days | None) -> Sequence[tuple[int, int, int]]:
    return [] if days is None else [*parts_of_longer(days.first, days.last)]


async def _drop_longer_without_days(connection: AsyncConnection, guild_id: int) -> None:
    """For the days that exist by now: a month may have begun meanwhile."""
    await _keep_others_out(connection)
    known = [bucket for bucket, *_ in _longer_than(await _all_days(connection, guild_id))]
    for table in KEYS:
        is_longer = ~table.c.bucket.between(LAST_MONTH + 1, LAST_DAY)
        await connection.execute(
            delete(table).where(table.c.guild_id == guild_id, is_longer, table.c.bucket.not_in(known))
        )


async def _ends(connection: AsyncConnection, column: ColumnElement[Any], *where: ColumnElement[bool]) -> Iterator[Any]:
    least, most = (select(end(column)).where(*where).scalar_subquery() for end in (func.min, func.max))
    row = (await connection.execute(select(least, most))).one()
    return (each for each in row if each is not None)


async def _keep_others_out(connection: AsyncConnection) -> None:
    """What is read from now on stays unchanged until the end. On SQLite, writers are exclusive anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("LOCK TABLE video_sums, member_sums, hour_sums IN SHARE ROW EXCLUSIVE MODE"))


async def _rows(connection: AsyncConnection, table: Table, *where: ColumnElement[bool]) -> dict[Row, list[int]]:
    names = [*KEYS[table], *VALUES[table]]
    keys = len(KEYS[table])
    found = await connection.execute(select(*(table.c[name] for name in names)).where(*where))
    return {tuple(row[:keys]): list(row[keys:]) for row in found}


def _difference(wanted: dict[Row, list[int]], kept: dict[Row, list[int]]) -> dict[Row, list[int]]:
    """What is missing of each; negative if there is too much."""
    found: dict[Row, list[int]] = {key: list(values) for key, values in wanted.items()}
    for key, values in kept.items():
        put(found, key, [-each for each in values])
    return {key: values for key, values in found.items() if any(values)}


def _of_days(table: Table, rows: dict[Row, list[int]]) -> dict[Row, list[int]]:
    place = KEYS[table].index("bucket")
    return {key: values for key, values in rows.items() if LAST_MONTH < int(key[place]) <= LAST_DAY}


def _with_longer(table: Table, rows: dict[Row, list[int]]) -> dict[Row, list[int]]:
    """Also for the months, quarters and years that the days are in."""
    place, found = KEYS[table].index("bucket"), dict[Row, list[int]]()
    for key, values in rows.items():
        for bucket in buckets_of(int(key[place])):
            put(found, (*key[:place], bucket, *key[place + 1 :]), values)
    return found
