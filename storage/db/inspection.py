"""Looking at a database without changing it: no file is made, no table, no entry."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Term, msg
from storage.db.database import Database, first_line
from storage.db.engines import SQLITE, Engines, address, begin, engines_for, prepare_reader

NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"}
REMOTE = ("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.glusterfs", "fuse.gcsfuse")
MOUNTS = Path("/proc/mounts")  # Linux only; elsewhere nothing is known
BETWEEN_LOOKS = 10_000  # steps of SQLite's machine between two looks at the time


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL. Raises CannotStart for an address that is none."""
    where = address(url)
    return Path(str(where.database)) if where.drivername == SQLITE else None


def shown(url: str) -> str:
    """Where it is, for people: the file, or the address without its password."""
    file = sqlite_file(url)
    return address(url).render_as_string() if file is None else str(file)


@asynccontextmanager
async def looked_at(url: str) -> AsyncIterator[Database]:
    """The database, which refuses every write. Raises CannotStart when it is not there or cannot be used."""
    where = address(url)
    engines = _sqlite(where) if where.drivername == SQLITE else engines_for(where)
    database = Database(Engines(engines.reader, engines.reader))
    try:
        yield database
    except DBAPIError as error:
        raise CannotStart(
            msg(
                "The database {address} cannot be used: {fault}.",
                address=Term(where.render_as_string()),
                fault=Foreign(first_line(error)),
            )
        ) from error
    finally:
        await database.close()


async def quick_check(file: Path, seconds: float) -> list[str] | None:
    """SQLite's own look for damage: what it finds, or None when that takes longer than `seconds`."""
    return await asyncio.to_thread(_quick_check, file, seconds)


def network_file_system(path: Path, mounts: str | None = None) -> str | None:
    """The kind of network drive a path is on; None when it is on none, or nobody can tell."""
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
    """`mode=rw` makes no file. Read-only mode would: it cannot clear away its own index of the write-ahead log."""
    file = Path(str(where.database)).absolute()
    url = where.set(database=f"file:{quote(str(file))}", query={"mode": "rw", "uri": "true"})
    engine = create_async_engine(url, connect_args={"isolation_level": None}, pool_size=1, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", prepare_reader)
    event.listen(engine.sync_engine, "begin", begin)
    return Engines(engine, engine)


def _quick_check(file: Path, seconds: float) -> list[str] | None:
    until = time.monotonic() + seconds
    with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=rw", uri=True)) as connection:
        connection.execute("PRAGMA query_only=ON")
        connection.set_progress_handler(lambda: int(time.monotonic() > until), BETWEEN_LOOKS)
        try:
            rows = connection.execute("PRAGMA quick_check(10)").fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return None
            return [str(error)]
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return [str(row[0]) for row in rows if row[0] != "ok"]
