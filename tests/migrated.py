"""Empty databases without running migrations, which take longer than most tests."""

from __future__ import annotations

from pathlib import Path

from storage.db.address import address
from storage.db.connections.engines import engines_for
from storage.db.database import Database

_empty: list[bytes] = []  # the SQLite file of the first one


async def a_migrated_database(file: Path) -> str:
    """The URL of a SQLite file that contains only empty tables."""
    url = f"sqlite:///{file}"
    if not _empty:
        await (await Database.open(url)).close()
        _empty.append(file.read_bytes())
    file.write_bytes(_empty[0])
    return url


def connected(url: str) -> Database:
    """For a migrated database. `Database.open` checks its version, tables and pages, which takes as long as a test."""
    where = address(url)
    return Database(engines_for(where), where)
