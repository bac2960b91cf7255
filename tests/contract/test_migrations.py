"""A database of the first Kinora, opened by this one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, insert

from bot.domain.ids import JobId
from bot.domain.video import Aim
from storage.db import engines
from storage.db.address import address
from storage.db.database import Database
from storage.jobs.mapping import row_of
from storage.migrations.upgrade import settings
from storage.tables import jobs
from tests.contract.databases import BACKENDS, BUDGET, StoppedClock, a_job, a_url, claimed
from tests.stores import JobStores

FIRST = "0001"
THE_STORES_OWN = {"reserved": None, "period": "2026-11", "next_at": None, "lease_epoch": 0, "crashes": 0}
LATER = {"aim", "at_once"}  # columns that the first tables did not have


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with a_url(request.param, tmp_path) as url:
        yield url


def make_first_tables(connection: Connection) -> None:
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, FIRST)


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
    finally:
        await opened.close()
