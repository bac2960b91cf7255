"""A PostgreSQL server that is stopped during work and started again, with a real worker process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.video.trouble import Hang, Operation
from tests.contract.databases import postgres_is_off
from tests.crash.processes import Town, a_town
from tests.crash.test_processes import check_all_is_well
from tests.extent import FULL
from tests.waiting import comes_true

pytestmark = [pytest.mark.crash, pytest.mark.postgres, pytest.mark.usefixtures("quick_films")]

AWAY = 2.0  # seconds; longer than a transaction is retried


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town("postgres", tmp_path) as town:
        yield town


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.CONTENT] if FULL else [Operation.CREATE])
async def test_database_lost_while_a_request_is_on_its_way_pays_once_and_goes_on(
    town: Town, operation: Operation
) -> None:
    go = asyncio.Event()
    town.host.trouble.next(operation, Hang(until=go, after=True))
    jobs = await town.order()
    worker = await town.worker()
    await comes_true(lambda: town.host.asked[operation] == 1)
    async with postgres_is_off():
        go.set()
        await asyncio.sleep(AWAY)
        assert worker.process.returncode is None
    await check_all_is_well(town, await town.at_rest(jobs))
    assert await worker.stop() == 0


async def test_database_lost_nothing_is_sent_while_no_intent_can_be_stored(town: Town) -> None:
    worker = await town.worker(places=1)
    await comes_true(lambda: worker.says("ready"))
    jobs = await town.order(4)
    await comes_true(lambda: len(town.host.created) >= 1)
    async with postgres_is_off():
        sent = town.host.asked[Operation.CREATE]
        await comes_true(lambda: worker.says("no work could be claimed"))
        await asyncio.sleep(AWAY)
        assert town.host.asked[Operation.CREATE] - sent <= 1, "only an order whose intent was stored before"
    await check_all_is_well(town, await town.at_rest(jobs))
    assert await worker.stop() == 0
