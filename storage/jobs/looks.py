"""Writes for polls that found no change: by far the most frequent write, in one statement.

Those that end while others are being written are written together next. The end of a transaction, which waits for the
disk, takes longer than everything written in it.
"""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Row,
    String,
    Subquery,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    not_,
    null,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from bot.data_classes import value_object
from bot.domain.errors import MovedOn
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease
from bot.domain.money.usd import Usd
from bot.domain.phases import Rendering, name_of
from bot.domain.ports.clock import Clock
from storage.db.connections.engines import is_passing
from storage.db.database import Database, T, Work
from storage.db.time_types import EPOCH, MICROSECOND, UtcDateTime, present
from storage.jobs.mapping import WRITTEN_BY_OTHERS, as_others_wrote, phase_columns, seen_column
from storage.tables import jobs

MOST_TOGETHER = 200  # in one transaction
RENDERING = name_of(Rendering)
WrittenRow = Row[*tuple[Any, ...]]

# What a poll reports about its job, by the types that both databases read from JSON. The last two are JSON as text.
TOLD: dict[str, TypeEngine[Any]] = {
    "id": String(),
    "epoch": BigInteger(),
    "is_asked": Boolean(),
    "due": BigInteger(),
    "detail": Text(),
    "progress_seen": Text(),
}


def stays(lease: Lease, job: Job) -> bool:
    """Whether a step leaves a render unchanged: then nothing of its money, its totals or its webhooks changes."""
    before, after = lease.job.phase, job.phase
    return (
        isinstance(before, Rendering)
        and isinstance(after, Rendering)
        and (before.remote_id, lease.job.cost, lease.job.quote) == (after.remote_id, job.cost, job.quote)
    )


@value_object
class Watched:
    """A render as a poll under this lease left it; due again in `after` seconds."""

    lease: Lease
    job: Job
    after: float

    def told(self, now: datetime) -> dict[str, object]:
        """See TOLD."""
        looks = seen_column(self.job)
        return {
            "id": self.job.id,
            "epoch": self.lease.epoch,
            "is_asked": self.lease.job.cancel_asked_by is not None,
            "due": (now + timedelta(seconds=self.after) - EPOCH) // MICROSECOND,
            "detail": json.dumps(phase_columns(self.job)["detail"]),
            "progress_seen": None if looks is None else json.dumps(looks),
        }

    def beside(self, row: WrittenRow) -> Lease:
        """Its lease, over, together with what others wrote meanwhile: that is kept."""
        cost = None if row.cost is None else Usd(row.cost)
        return Lease(job=as_others_wrote(replace(self.job, cost=cost), row), epoch=self.lease.epoch, crashes=0)


class LookWriter:
    """Releases renders until their next poll."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: list[tuple[Watched, asyncio.Future[Lease]]] = []
        self._writing: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def write(self, watched: Watched) -> Lease:
        """A cancelled caller waits for its end all the same, as for any transaction. Raises MovedOn."""
        written: asyncio.Future[Lease] = asyncio.get_running_loop().create_future()
        self._waiting.append((watched, written))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all(), name="write looks")
            self._writing.add_done_callback(self._let_go)
        try:
            await asyncio.wait({written})
        except asyncio.CancelledError:
            await asyncio.wait({written})
            written.exception()  # nobody else asks for it
            raise
        return written.result()

    async def in_turn(self, work: Work[T]) -> T:
        """Run a transaction that changes many rows with leases of this process, not while polls are being written.

        Behind a crowd of orders these leases would expire. PostgreSQL locks the rows of each in any order: the two
        would wait for each other until it ended one of them.
        """
        async with self._turn:
            return await self._database.write(work, urgent=True)

    async def _write_all(self) -> None:
        while self._waiting:
            some = self._waiting[:MOST_TOGETHER]
            await self._write_some(some)
            del self._waiting[: len(some)]
        self._writing = None

    def _let_go(self, ended: asyncio.Task[None]) -> None:
        """A cancelled one, as all are when the event loop ends, leaves nobody waiting."""
        if ended is self._writing:
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()
            self._writing = None

    async def _write_some(self, some: Sequence[tuple[Watched, asyncio.Future[Lease]]]) -> None:
        looks = [watched for watched, _ in some]
        try:
            written = await self.in_turn(lambda connection: look_again(connection, self._clock, looks))
        except Exception as error:  # noqa: BLE001 - each of them gets it
            if len(some) > 1 and not (isinstance(error, DBAPIError) and is_passing(error)):
                for each in some:  # only one of them is at fault
                    await self._write_some([each])
                return
            for _, future in some:
                future.set_exception(error)
            return
        for watched, future in some:
            if (lease := written.get((watched.job.id, watched.lease.epoch))) is not None:
                future.set_result(lease)
            else:
                future.set_exception(MovedOn())


async def look_again(
    connection: AsyncConnection, clock: Clock, looks: Sequence[Watched]
) -> dict[tuple[JobId, int], Lease]:
    """Release renders, by job and epoch; those taken over are left out, and their rows left alone.

    A cancellation requested during a poll is handled at once.
    """
    now = await present(connection, clock)
    told = {"looks": json.dumps([watched.told(now) for watched in looks]), "now": now}
    written = await connection.execute(_look_again(connection.dialect.name), told)
    rows = {(row.id, row.lease_epoch): row for row in written}
    by_lease = {(each.job.id, each.lease.epoch): each for each in looks}
    return {key: by_lease[key].beside(row) for key, row in rows.items()}


@functools.cache
def _look_again(dialect: str) -> Update:
    """Built once: that takes longer than executing it."""
    look = _looks_told(dialect)
    held = and_(
        jobs.c.id == look.c.id,
        jobs.c.lease_epoch == look.c.epoch,
        jobs.c.state == RENDERING,
        jobs.c.lease_owner.is_not(None),
    )
    newly_asked = and_(jobs.c.cancel_asked_by.is_not(None), not_(look.c.is_asked))
    values = {
        "detail": _json(dialect, look.c.detail),
        "progress_seen": _json(dialect, look.c.progress_seen),
        "next_at": case(
            (newly_asked, bindparam("now", type_=UtcDateTime())), else_=type_coerce(look.c.due, UtcDateTime())
        ),
        "lease_owner": null(),
        "lease_until": null(),
        "crashes": 0,
    }
    what_others_wrote = (jobs.c.cost, *(jobs.c[name] for name in WRITTEN_BY_OTHERS))
    return update(jobs).where(held).values(values).returning(jobs.c.id, jobs.c.lease_epoch, *what_others_wrote)


def _looks_told(dialect: str) -> Subquery:
    """The polls as rows, whatever their number: it is one statement, and is planned once."""
    looks = bindparam("looks", type_=Text())
    if dialect == "postgresql":
        columns = [column(name, kind) for name, kind in TOLD.items()]
        rows = func.json_to_recordset(cast(looks, JSON)).table_valued(*columns, name="told")
        return select(rows.render_derived(with_types=True)).subquery("look")
    each = func.json_each(looks).table_valued(column("value", Text()), name="told")
    read = [type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name) for name, kind in TOLD.items()]
    return select(*read).subquery("look")


def _json(dialect: str, text: ColumnElement[str]) -> ColumnElement[Any]:
    """As the column is to have it: text on SQLite."""
    return cast(text, JSON) if dialect == "postgresql" else text
