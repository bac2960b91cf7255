"""Whether a database is whole: the pages of a SQLite file, and the tables."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import metadata

BETWEEN_LOOKS = 10_000  # SQLite VM steps between two checks of the time
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


async def quick_check(file: Path, seconds: float) -> list[str] | None:
    """SQLite's own damage check: its findings, or None if that takes longer than `seconds`.

    Raises sqlite3.Error if the file can't be checked.
    """
    return await asyncio.to_thread(_quick_check, file, seconds)


async def missing_tables(connection: AsyncConnection) -> list[str]:
    return await connection.run_sync(_missing_tables)


def _missing_tables(connection: Connection) -> list[str]:
    return sorted(set(metadata.tables) - set(inspect(connection).get_table_names()))


def _quick_check(file: Path, seconds: float) -> list[str] | None:
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=rw", uri=True)) as connection:
        try:
            connection.execute("PRAGMA query_only=ON")
            connection.set_progress_handler(lambda: int(time.monotonic() > until), BETWEEN_LOOKS)
            rows = connection.execute("PRAGMA quick_check(10)").fetchall()
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF  # the low byte is the code proper
            if code == sqlite3.SQLITE_INTERRUPT:
                return None
            if code not in DAMAGE:
                raise
            return [str(error)]
    return [str(row[0]) for row in rows if row[0] != "ok"]
