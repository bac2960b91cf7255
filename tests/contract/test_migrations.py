"""A database of the first Kinora, opened by this one."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import OverBudget
from bot.domain.ids import JobId
from bot.domain.money.allowances import Allowances
from bot.domain.money.costs import CostQuestion, Period
from bot.domain.money.usd import Usd
from bot.domain.video import Aim
from storage.db.address import address
from storage.db.connections import engines
from storage.db.database import Database
from storage.jobs.mapping import row_of
from storage.migrations.upgrade import settings
from storage.reports.rebuild import mend
from storage.tables import budget, jobs, ledger
from tests.contract.databases import BACKENDS, BUDGET, NOON, PLENTY, StoppedClock, a_job, a_url, claimed, done
from tests.stores import JobStores

FIRST, BEFORE_SCOPES = "0001", "0006"
THE_STORES_OWN = {"reserved": None, "period": "2026-11", "next_at": None, "lease_epoch": 0, "crashes": 0}
NEW = {
    "approved_by",
    "approved_at",
    "promised",
    "options",
    "batch",
    "batch_number",
    "file_bytes",
    "expired_at",
    "removal_due_at",
    "progress_seen",
    "first_try",
    "replaced",
    "doubles",
}
LATER = {"aim", "at_once", *NEW}  # columns that the first tables did not have


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with a_url(request.param, tmp_path) as url:
        yield url


def make_first_tables(connection: Connection, revision: str = FIRST) -> None:
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


async def test_a_remix_ordered_from_the_first_version_is_there_and_can_be_worked_on(new_url: str) -> None:
    job = a_job()
    job = replace(job, request=replace(job.request, source=JobId("K7Q4FD")))
    row = {column: value for column, value in (row_of(job) | THE_STORES_OWN).items() if column not in LATER}
    first = Database(engines.engines_for(address(new_url)), address(new_url))
    await first.write(lambda connection: connection.run_sync(make_first_tables))
    await first.write(lambda connection: connection.execute(insert(jobs).values(row | {"next_at": job.created_at})))
    await first.close()

    clock = StoppedClock(job.created_at)
    opened = await Database.open(new_url)
    try:
        store = JobStores(database=opened, clock=clock, budget=BUDGET)
        assert await store.get(job.id) == job
        assert job.request.aim is Aim.CHANGE
        assert (await claimed(store)).job == job
        asked = CostQuestion(guild_id=job.guild_id, owners=None, days=Period.ALL.days(job.created_at.date()))
        assert not (await store.report(asked)).added_up  # of sums, nothing is known so far
        assert await mend(opened) == []
        assert (await store.report(asked)).added_up
    finally:
        await opened.close()


async def executed(row: Insert, connection: AsyncConnection) -> None:
    await connection.execute(row)


async def test_what_was_ordered_before_there_were_limits_counts_in_its_owners_month(new_url: str) -> None:
    """The same for an older version beside this one: it writes only the columns that it knows."""
    job = a_job(created_at=NOON)
    theirs = {column: value for column, value in row_of(job).items() if column not in NEW}
    known = {**theirs, **THE_STORES_OWN, "reserved": job.quote.micros, "next_at": NOON}
    month = {"guild_id": job.guild_id, "period": "2026-11", "reserved": job.quote.micros, "spent": 0}
    entry = {"job_id": job.id, "owner_id": job.owner_id, "at": NOON, "kind": "reserve"}
    first = Database(engines.engines_for(address(new_url)), address(new_url))
    await first.write(lambda connection: connection.run_sync(make_first_tables, BEFORE_SCOPES))
    for row in (insert(jobs).values(known), insert(budget).values(month), insert(ledger).values(month | entry)):
        await first.write(functools.partial(executed, row))
    await first.close()

    opened = await Database.open(new_url)
    try:
        store = JobStores(database=opened, clock=StoppedClock(NOON), budget=BUDGET)
        limited = Allowances(month=Usd.of(1), day=Usd.of(1))
        with pytest.raises(OverBudget, match=r"only \$0\.60 of your \$1\.00 for November"):
            await store.add(a_job(quote=Usd.of("0.61")), limited)
        await store.add(a_job(quote=Usd.of("0.60")), limited)
        lease = next(lease for lease in await store.claim("worker", PLENTY, 2) if lease.job == job)
        await store.move(lease, replace(job, phase=done(), cost=Usd.of("0.10")))
        await store.check_room(job.guild_id, job.owner_id, Usd.of("0.30"), limited)
        assert await store.check_books() == []
    finally:
        await opened.close()
