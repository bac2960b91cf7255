"""Empty SQLite databases that need no migrating: that takes longer than most tests."""

from __future__ import annotations

from pathlib import Path

from storage.db.database import Database

_empty: list[bytes] = []  # the file of the first one


async def a_migrated_database(file: Path) -> str:
    """Its URL. There is nothing in it but tables."""
    url = f"sqlite:///{file}"
    if not _empty:
        await (await Database.open(url)).close()
        _empty.append(file.read_bytes())
    file.write_bytes(_empty[0])
    return url
