"""What read-only commands say about a database of another version."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from storage.db.address import sqlite_url
from storage.db.inspection import looked_at_current
from storage.db.schema import REVISIONS, SchemaState, schema_state

NEWER = (
    "The database was written by a newer version of Kinora, and this one could damage it. Start the newer version, or "
    "restore a backup from before the update."
)


def a_database_of(version: str | None, file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 1")  # creates the file
        if version is not None:
            database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
            database.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        database.commit()
    return sqlite_url(file)


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (None, "There is no database yet. The first start of the bot makes it."),
        (
            REVISIONS[0],
            "The database was made by an older version of Kinora. Start this one once, then try again.",
        ),
        ("9999", NEWER),
    ],
    ids=["empty", "older", "newer"],
)
async def test_another_version_is_named_with_what_to_do(tmp_path: Path, version: str | None, sentence: str) -> None:
    with pytest.raises(CannotStart) as refusal:
        async with looked_at_current(a_database_of(version, tmp_path / "kinora.db")):
            pass
    assert refusal.value.sentence == sentence


async def test_this_version_is_taken(tmp_path: Path) -> None:
    async with looked_at_current(a_database_of(REVISIONS[-1], tmp_path / "kinora.db")) as database:
        assert await database.read(schema_state) is SchemaState.CURRENT
