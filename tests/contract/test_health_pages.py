"""/healthz, /readyz and the heartbeat of a process."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.health.command import NOT_RUNNING, health
from bot.health.heartbeat import FRESH, WHOLE, Heartbeat, heartbeat_file, own_heartbeat_file, read_heartbeat
from bot.health.readiness import PATIENCE, Check, Readiness
from bot.web.health import HealthPages

GOOD = {"database": True, "worker": True}
GONE = 2**22 + 1  # no process has this number: Linux counts to 2**22


def says(answer: bool) -> Check:
    async def check() -> bool:
        return answer

    return check


async def breaks() -> bool:
    raise RuntimeError("postgresql://kinora:secret@db is away")


async def is_silent() -> bool:
    await asyncio.Event().wait()
    return True


async def asked(path: str, patience: float = PATIENCE, **checks: Check) -> tuple[int, Any]:
    app = web.Application()
    app.add_routes(HealthPages(readiness=Readiness(checks=checks, patience=patience)).routes())
    async with TestClient(TestServer(app)) as visitor:
        response = await visitor.get(path)
        return response.status, await response.json()


async def test_a_process_is_alive_whatever_else_is_away() -> None:
    assert await asked("/healthz", database=breaks) == (200, {"status": "ok"})


async def test_it_is_ready_when_each_part_is() -> None:
    assert await asked("/readyz", database=says(True), worker=says(True)) == (200, {"ready": True, **GOOD})


async def test_each_part_that_is_not_ready_is_named_and_nothing_else_is_told() -> None:
    checks = {"database": breaks, "gateway": is_silent, "worker": says(False), "disk": says(True)}
    status, report = await asked("/readyz", 0.01, **checks)
    assert status == 503
    assert report == {"ready": False, "database": False, "gateway": False, "worker": False, "disk": True}


async def test_a_heartbeat_is_there_while_the_process_is(tmp_path: Path) -> None:
    file, second_look = tmp_path / "kinora.json", asyncio.Event()

    async def disk() -> bool:
        if file.exists():
            second_look.set()
        return True

    heartbeat = Heartbeat(path=file, readiness=Readiness(checks={"disk": disk}), every=0.0)
    beating = asyncio.create_task(heartbeat.run())
    await second_look.wait()
    assert read_heartbeat(file) == {"disk": True}
    beating.cancel()
    await asyncio.wait({beating})
    assert read_heartbeat(file) is None


async def test_a_second_process_that_does_everything_leaves_the_first_ones_heartbeat_alone(data_dir: Path) -> None:
    whole = heartbeat_file(data_dir)
    whole.write_text(json.dumps(GOOD | {"pid": os.getppid()}))  # a process that is running
    second = own_heartbeat_file(data_dir, WHOLE)
    assert second == heartbeat_file(data_dir, f"-run {os.getpid()}")
    assert health(data_dir, ready=True) == (0, ["✓ alive", "✓ database", "✓ worker"])
    for pid in (os.getpid(), GONE):  # of a restarted container; of a process that was killed
        whole.write_text(json.dumps(GOOD | {"pid": pid}))
        assert own_heartbeat_file(data_dir, WHOLE) == whole


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a heartbeat in the test's own folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("report", "alive", "ready"), [(GOOD, 0, 0), (GOOD | {"worker": False}, 0, 1)], ids=["ready", "not ready"]
)
def test_the_command_reads_it(data_dir: Path, report: dict[str, bool], alive: int, ready: int) -> None:
    heartbeat_file(data_dir).write_text(json.dumps(report))
    code, lines = health(data_dir, ready=False)
    assert (code, health(data_dir, ready=True)[0]) == (alive, ready)
    assert ("✗ worker is not ready" in lines) is not report["worker"]


@pytest.mark.parametrize("content", [None, "[]", '{"half'])
def test_no_process_or_no_report_is_one_sentence(data_dir: Path, content: str | None) -> None:
    if content is not None:
        heartbeat_file(data_dir).write_text(content)
    assert health(data_dir, ready=False) == (1, [NOT_RUNNING])


def test_a_process_that_was_killed_is_not_alive_though_its_report_is_fresh(data_dir: Path) -> None:
    heartbeat_file(data_dir).write_text(json.dumps(GOOD | {"pid": GONE}))
    assert health(data_dir, ready=False) == (1, [NOT_RUNNING])


def test_a_process_that_hangs_is_not_alive(data_dir: Path) -> None:
    file, long_ago = heartbeat_file(data_dir), time.time() - FRESH - 1
    file.write_text(json.dumps(GOOD))
    os.utime(file, (long_ago, long_ago))
    assert health(data_dir, ready=False) == (1, [NOT_RUNNING])
