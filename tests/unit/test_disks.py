"""Tests don't wait for disks, unless they are about disks."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import Mock

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.files.local import LocalFiles
from tests import disks
from tests.disks import waiting_for_the_disk
from tests.migrated import a_migrated_database, connected

OFF, FULL = 0, 2


async def synchronous(file: Path) -> object:
    async def read(connection: AsyncConnection) -> object:
        return (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one()

    database = connected(await a_migrated_database(file))
    try:
        return await database.write(read)
    finally:
        await database.close()


async def test_a_database_waits_for_the_disk_only_where_a_test_says_so(tmp_path: Path) -> None:
    assert await synchronous(tmp_path / "usual.db") == OFF
    with waiting_for_the_disk():
        assert await synchronous(tmp_path / "safe.db") == FULL
    assert await synchronous(tmp_path / "usual again.db") == OFF


async def test_a_file_waits_for_the_disk_only_where_a_test_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert os.fsync is not disks.SYNC
    sync = Mock(side_effect=os.fsync)
    monkeypatch.setattr(disks, "SYNC", sync)
    files = LocalFiles(tmp_path)
    await files.put(b"usual", "videos/1.mp4")
    with waiting_for_the_disk():
        await files.put(b"safe", "videos/2.mp4")
    assert sync.call_count > 0
    assert os.fsync is not sync
