"""Videos that were made elsewhere, as finished jobs of a member here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job
from bot.domain.money.costs import EntryKind
from bot.domain.money.usd import FREE
from storage.db import upserts
from storage.db.database import Database
from storage.guilds import calendar_of
from storage.jobs.mapping import row_of
from storage.jobs.orders import is_taken
from storage.money import ledger
from storage.reports.sums import DaySums, counted, write
from storage.studio.search import index as search_index
from storage.tables import budget, jobs

# Their own counter: no month has this name, so no budget or limit counts them. It sorts before every month.
PERIOD = "0000-00 imported"


@value_object
class ImportedJob:
    id: JobId
    guild_id: int
    owner_id: int


@dataclass(frozen=True, kw_only=True)
class SqlImports:
    """By `account`, a name that no service has here, and their ids where they were made."""

    database: Database
    account: str

    async def known(self) -> Mapping[str, ImportedJob]:
        """Everything imported before, for anybody; including what was deleted since."""
        return await self.database.read(self._known)

    async def _known(self, connection: AsyncConnection) -> Mapping[str, ImportedJob]:
        columns = (jobs.c.remote_id, jobs.c.id, jobs.c.guild_id, jobs.c.owner_id)
        theirs = and_(jobs.c.provider == self.account, jobs.c.remote_id.is_not(None))
        rows = await connection.execute(select(*columns).where(theirs))
        return {
            row.remote_id: ImportedJob(id=JobId(row.id), guild_id=row.guild_id, owner_id=row.owner_id) for row in rows
        }

    async def free_id(self) -> JobId:
        """An id that no job has."""
        while await self.database.read(partial(is_taken, job_id=(drawn := new_id()))):
            pass
        return drawn

    async def add(self, job: Job) -> bool:
        """Store a finished job with its cost. False if it, or its id, exists already."""
        return await self.database.write(partial(_add, job=job))


async def _add(connection: AsyncConnection, job: Job) -> bool:
    where = {"period": PERIOD, "day": None, "month_limit": None, "day_limit": None, "pool": None, "grant_id": None}
    row = {**row_of(job), **where, "reserved": None, "next_at": None, "lease_epoch": 0, "crashes": 0}
    new = upserts.insert(connection, jobs).values(row).on_conflict_do_nothing().returning(jobs)
    stored = (await connection.execute(new)).one_or_none()
    if stored is None:
        return False
    fresh = {"guild_id": job.guild_id, "period": PERIOD, "reserved": 0, "spent": 0}
    await connection.execute(upserts.insert(connection, budget).values(fresh).on_conflict_do_nothing())
    paid = ledger.Entry(kind=EntryKind.SETTLE, spent=job.cost or FREE)
    await ledger.post(connection, ledger.Subject.of(job), PERIOD, paid, job.created_at)
    if (made := counted(stored, stored.state, None, stored.cost, job.created_at)) is not None:
        sums = DaySums()
        sums.add(made, 1, (await calendar_of(connection, job.guild_id)).zone)
        await write(connection, sums)
    await search_index.put(connection, search_index.SearchedOrder.of(job))
    return True
