"""After a read-only transaction, neither its caller nor the next transaction has to wait for its end."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.connections.sqlite_driver import ReadingConnection, connect_to_read
from storage.db.database import Database
from tests.migrated import a_migrated_database


async def test_the_next_read_sees_what_was_written_after_the_last_one(tmp_path: Path) -> None:
    database = await Database.open(await a_migrated_database(tmp_path / "kinora.sqlite"))
    for number in range(50):
        await database.write(_add)
        assert await database.read(_count) == number + 1
    await database.close()


async def _add(connection: AsyncConnection) -> None:
    await connection.execute(text("INSERT INTO records (namespace, key, value) SELECT 'a', count(*), 1 FROM records"))


async def _count(connection: AsyncConnection) -> int:
    count: int = (await connection.execute(text("SELECT count(*) FROM records"))).scalar_one()
    return count


async def test_nobody_waits_for_the_end_of_a_read(tmp_path: Path) -> None:
    file = str(tmp_path / "kinora.sqlite")
    options = {"isolation_level": None, "check_same_thread": False}  # like SQLAlchemy
    connection = cast("ReadingConnection", await connect_to_read(file, **options))
    ends, may_end = threading.Event(), threading.Event()
    connection.begin("BEGIN")
    await (await connection.cursor()).execute("SELECT 1")
    assert connection.in_transaction
    await connection.set_trace_callback(lambda statement: _hold(statement, ends, may_end))
    await connection.commit()  # would hang if it waited
    assert connection.in_transaction
    may_end.set()
    await (await connection.cursor()).execute("SELECT 1")
    assert not connection.in_transaction
    assert ends.is_set()
    await connection.close()


def _hold(statement: str, ends: threading.Event, may_end: threading.Event) -> None:
    if statement == "COMMIT":
        ends.set()
        may_end.wait()
