"""Two gateways and three workers on one PostgreSQL and one object store, killed at random. More: `bench/fleet.py`."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.contract.databases import a_url
from tests.e2e.stages import QUICK_BOT
from tests.extent import only_in_full
from tests.fleet import Fleet
from tests.object_stores import ACCESS_KEY, SECRET_KEY, seaweedfs

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.timeout(600),
    only_in_full("minutes of five processes that are killed and started again"),
]

JOBS = 8
PATIENCE = 300.0  # seconds


async def test_each_video_is_paid_and_shown_once_whoever_is_killed(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    with a_url("postgres", tmp_path) as url:
        async with seaweedfs(tmp_path / "store") as node:
            settings = {
                "FILES_URL": "s3://kinora/fleet",
                "FILES_ENDPOINT": node.endpoint,
                "FILES_ACCESS_KEY": ACCESS_KEY,
                "FILES_SECRET_KEY": SECRET_KEY,
            }
            fleet = Fleet(folder=tmp_path, url=url, settings=settings, program=QUICK_BOT)
            async with fleet.open():
                for shard in ("0", "1"):
                    await fleet.starts("run --no-work", SHARD_COUNT="2", SHARD_IDS=shard)
                for number in range(3):  # each as if on its own machine
                    await fleet.starts("work", DATA_DIR=str(tmp_path / f"data-{number}"))
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(fleet.order_many(JOBS))
                    striking = tasks.create_task(fleet.strike(random.Random(7), fleet.has_died, pause=(6.0, 12.0)))
                await node.stop()
                await node.start()
                jobs = await fleet.at_rest(PATIENCE)
                assert await fleet.troubles(jobs) == []
                assert striking.result() > 0
