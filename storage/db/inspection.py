"""Inspecting a database without changing it: no file, table or entry is created."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.errors import CannotStart
from bot.domain.messages import msg
from storage.db.address import SQLITE, address, file_of
from storage.db.connections.engines import Engines, begin, engines_for, prepare_reader
from storage.db.database import Database, unusable
from storage.db.integrity import quick_check
from storage.db.schema import WRITTEN_BY_A_NEWER, SchemaState, schema_state

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
REMOTE = ("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.gcsfuse")
MOUNTS = Path("/proc/mounts")  # Linux only; elsewhere nothing is known

OLD = msg("The database was made by an older version of Kinora. Start this one once, then try again.")
NO_DATABASE = msg("There is no database yet. The first start of the bot makes it.")


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL. Raises CannotStart for an invalid address."""
    return file_of(address(url))


@asynccontextmanager
async def looked_at(url: str) -> AsyncIterator[Database]:
    """The database, which refuses every write. Raises CannotStart if it is missing or can't be used."""
    where = address(url)
    engines = _sqlite(where) if where.drivername == SQLITE else engines_for(where)
    database = Database(Engines(writer=engines.reader, reader=engines.reader), where)
    try:
        yield database
    except DBAPIError as error:
        raise CannotStart(unusable(where, error)) from error
    finally:
        await database.close()


@asynccontextmanager
async def looked_at_if_current(url: str) -> AsyncIterator[Database | None]:
    """Likewise; None if there is no database yet, or if its tables are those of another version."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        yield None
        return
    async with looked_at(url) as database:
        yield database if await database.read(schema_state) is SchemaState.CURRENT else None


@asynccontextmanager
async def looked_at_current(url: str) -> AsyncIterator[Database]:
    """Likewise; raises CannotStart if there is no database yet, or if its tables are not of this version."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise CannotStart(NO_DATABASE)
    async with looked_at(url) as database:
        await _check_is_current(database)
        yield database


async def _check_is_current(database: Database) -> None:
    match await database.read(schema_state):
        case SchemaState.NONE:
            raise CannotStart(NO_DATABASE)
        case SchemaState.OLD:
            raise CannotStart(OLD)
        case SchemaState.NEWER:
            raise CannotStart(WRITTEN_BY_A_NEWER)
        case SchemaState.CURRENT:
            pass


async def found_damage(file: Path, seconds: float) -> list[str] | None:
    """SQLite's own damage check: its findings, or None if that takes longer than `seconds`."""
    try:
        return await quick_check(file, seconds)
    except sqlite3.Error as error:
        return [str(error)]


def network_file_system(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network drive a path is on; None if it is on none, or that can't be determined."""
    try:
        lines = (MOUNTS.read_text() if mounts is None else mounts).splitlines()
    except OSError:
        return None
    fields = [line.split() for line in lines]
    points = [(Path(field[1].replace("\\040", " ")), field[2]) for field in fields if len(field) > 2]
    resolved = path.resolve()
    _, kind = max(
        ((point, kind) for point, kind in points if resolved.is_relative_to(point)),
        key=lambda found: len(found[0].parts),
        default=(Path(), ""),
    )
    return kind if kind in NETWORK or kind.startswith(REMOTE) else None


def _sqlite(where: URL) -> Engines:
    """`mode=rw` creates no file. Read-only mode would: it can't remove its own index of the write-ahead log."""
    file = Path(str(where.database)).absolute()
    url = where.set(database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"})
    engine = create_async_engine(url, connect_args={"isolation_level": None}, pool_size=1, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", prepare_reader)
    event.listen(engine.sync_engine, "begin", begin)
    return Engines(writer=engine, reader=engine)
