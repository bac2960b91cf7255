"""Waiting on a stage misses nothing, whether the simulated Discord tells of it or nobody does."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.sandbox.stage import Stage
from tests.e2e.acting import until


async def test_what_nobody_tells_of_is_seen_all_the_same(tmp_path: Path) -> None:
    rows: list[str] = []
    asyncio.get_running_loop().call_later(0.01, rows.append, "of a database")
    assert await until(Stage(tmp_path), lambda: rows) == ["of a database"]


async def test_what_discord_tells_of_is_seen(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    waiting = asyncio.create_task(until(stage, lambda: stage.person("max").sees()))
    said = stage.person("ann").says("hello")
    assert await waiting == [said]
