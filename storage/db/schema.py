"""Whether the tables are those of this version of Kinora, and migrating them."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, String, column, inspect, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import CannotStart
from bot.domain.messages import msg
from storage.locks import WholeLock, hold
from storage.reports import pending

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
    "0019",
    "0020",
    "0021",
    "0022",
    "0023",
    "0024",
    "0025",
    "0026",
    "0027",
    "0028",
    "0029",
    "0030",
    "0031",
    "0032",
    "0033",
    "0034",
    "0035",
    "0036",
)  # the files in migrations/versions, oldest first
WRITTEN_BY_A_NEWER = msg(
    "The database was written by a newer version of Kinora, and this one could damage it. "
    "Start the newer version, or restore a backup from before the update."
)
_versions = table("alembic_version", column("version_num", String))


class SchemaState(StrEnum):
    """How the tables compare with this version of Kinora."""

    NONE = "none"
    OLD = "old"
    CURRENT = "current"
    NEWER = "newer"


async def schema_state(connection: AsyncConnection) -> SchemaState:
    stored = await connection.run_sync(_stored_revision)
    if stored is None:
        return SchemaState.NONE
    if stored not in REVISIONS:
        return SchemaState.NEWER
    return SchemaState.CURRENT if stored == REVISIONS[-1] else SchemaState.OLD


async def is_up_to_date(connection: AsyncConnection) -> bool:
    return await connection.run_sync(_stored_revision) == REVISIONS[-1]


async def bring_up_to_date(connection: AsyncConnection) -> None:
    """Apply missing migrations, in one process only. Raises CannotStart for a database of a newer Kinora."""
    await hold(connection, WholeLock.MIGRATION)
    stored = await connection.run_sync(_stored_revision)
    if stored == REVISIONS[-1]:  # another process was faster
        return
    if stored is not None and stored not in REVISIONS:
        raise CannotStart(WRITTEN_BY_A_NEWER)
    # Alembic takes 0.2 s to import, and at most starts the tables are up to date.
    from storage.migrations.upgrade import upgrade  # noqa: PLC0415 - see above

    await connection.run_sync(upgrade)
    if stored is not None:
        await pending.note_unknown(connection)


def _stored_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_versions.name):
        return None
    return connection.execute(select(_versions.c.version_num)).scalar_one_or_none()
