"""SQLAlchemy engines as Kinora needs them: one to write with, one to read with.

SQLAlchemy's defaults for SQLite open no transaction for a SELECT, so two tasks that read, think and write lose updates
without an error; a plain BEGIN answers "database is locked" instead of waiting; and several writing connections of one
process starve each other. Hence: BEGIN IMMEDIATE, and exactly one connection that writes. Parameters are hidden because
they hold prompts, and errors get logged.
"""

from __future__ import annotations

import socket
import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.data_classes import wired
from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Term, msg
from bot.network.postgresql import refusal_code
from storage.db.address import SQLITE
from storage.db.connections import sqlite_driver

IDENTITY = "identity of the file"
GONE = "the database {file} was removed while it was in use"
LOCK_WAIT = 5000  # milliseconds a SQLite connection waits for another process
MOST_LOG = 64 * 2**20  # bytes of the write-ahead log that are kept once nobody reads an old state any more
READERS = 4  # connections; WAL lets them read while one writes
CONNECT_WAIT = 10  # seconds for a PostgreSQL server to answer
PASSING_CLASSES = {"08", "40"}  # connection trouble; serialization failures and deadlocks
# Not as connection options, which poolers refuse; and only settings that the server has.
FOR_SHORT_STATEMENTS = """
SELECT set_config(name, CASE name WHEN 'jit' THEN 'off' ELSE '0' END, false)
FROM pg_settings WHERE name IN ('jit', 'max_parallel_workers_per_gather')
"""
READ_ONLY = "25006"
RECOVERING = "during recovery"  # how a standby refuses a transaction that may write; its SQLSTATE is a generic one
UNKNOWN_HOST = "failed to resolve host"
NO_NAME_SERVER = f"[Errno {socket.EAI_AGAIN}]"
# While connecting there are only messages: psycopg's and the system's if the server can't be reached, and the server's
# own, of which those in another language are recognised by `takes_nobody_now`.
AWAY = (
    *(UNKNOWN_HOST, "Connection refused", "Connection reset", "Connection timed out", "timeout expired"),
    *("No route to host", "Network is unreachable", "No such file or directory", "closed the connection unexpectedly"),
    *("starting up", "shutting down", "not yet accepting", "recovery mode", "too many clients", "connection slots"),
)
FULL = "53300"  # too many connections
PASSING_STATES = {"55P03", "57P01", "57P02", "57P03"}  # lock not available; the server stops, crashed or starts


@wired
class Engines:
    """Both speak to the same database. The reader refuses to write."""

    writer: AsyncEngine
    reader: AsyncEngine

    async def dispose(self) -> None:
        await self.reader.dispose()
        await self.writer.dispose()


def engines_for(url: URL) -> Engines:
    """Engines for an `address`; nothing is connected yet. Raises CannotStart if the driver is not installed."""
    if url.drivername == SQLITE:
        return _sqlite(url)
    try:
        return _postgresql(url)
    except ModuleNotFoundError as error:
        raise CannotStart(
            msg(
                "PostgreSQL needs a driver that is not installed: `pip install 'psycopg[binary]'`, or the extra "
                "[postgres] of the wheel."
            )
        ) from error


def _sqlite(url: URL) -> Engines:
    file = Path(str(url.database))
    _make_folder(file)
    # None: sqlite3 opens no transactions of its own; the begin event below does.
    writes = {"isolation_level": None, "async_creator_fn": sqlite_driver.connect}
    reads = {"isolation_level": None, "async_creator_fn": sqlite_driver.connect_to_read}
    writer = create_async_engine(url, connect_args=writes, pool_size=1, max_overflow=0, hide_parameters=True)
    event.listen(writer.sync_engine, "connect", _prepare_writer)
    event.listen(writer.sync_engine, "begin", partial(_begin_with, "BEGIN IMMEDIATE"))
    _watch(writer, file)
    reader = create_async_engine(url, connect_args=reads, pool_size=READERS, max_overflow=0, hide_parameters=True)
    event.listen(reader.sync_engine, "connect", prepare_reader)
    event.listen(reader.sync_engine, "begin", partial(_begin_with, "BEGIN"))
    _watch(reader, file)
    return Engines(writer=writer, reader=reader)


def _watch(engine: AsyncEngine, file: Path) -> None:
    """Check each time whether the file is still there.

    SQLite continues to write to a file that was removed or replaced, and all of that is lost. While the file is missing
    nothing is opened, because that would create an empty one in its place; a replacement, such as a restored backup,
    gets new connections.
    """
    opened: list[Path] = []

    def before(*_: object) -> None:
        if opened and _identity(file) is None:
            raise FileNotFoundError(GONE.format(file=file))

    def note(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        entry.info[IDENTITY] = _identity(file)
        opened[:] = [file]

    def compare(_connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: object) -> None:
        found = _identity(file)
        if found is None:
            raise FileNotFoundError(GONE.format(file=file))
        if found != entry.info[IDENTITY]:
            raise DisconnectionError(f"the database {file} was replaced")

    event.listen(engine.sync_engine, "do_connect", before)
    event.listen(engine.sync_engine, "connect", note)
    event.listen(engine.sync_engine, "checkout", compare)


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(
            msg(
                "The folder {folder} for the database cannot be made: {fault}.",
                folder=Term(str(file.parent)),
                fault=Foreign(str(error.strerror)),
            )
        ) from error


def _prepare_writer(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # FULL: the intent to pay must survive a power cut. Without a limit the log stays as large as it ever was.
    _run(
        connection,
        f"busy_timeout={LOCK_WAIT}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"journal_size_limit={MOST_LOG}",
    )


def prepare_reader(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _run(connection, f"busy_timeout={LOCK_WAIT}", "query_only=ON")


def _run(connection: DBAPIConnection, *pragmas: str) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_with(opening: str, connection: Connection) -> None:
    driver: sqlite_driver.OneVisitConnection | None = connection.connection.driver_connection
    if driver is not None:
        driver.begin(opening)


def begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _postgresql(url: URL) -> Engines:
    writer = create_async_engine(url, connect_args={"connect_timeout": CONNECT_WAIT}, hide_parameters=True)
    event.listen(writer.sync_engine, "handle_error", _leave_a_standby)
    event.listen(writer.sync_engine, "connect", _prepare_postgresql)
    # One snapshot for all statements of a read, as on SQLite. Both share one pool.
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writer=writer, reader=reader)


def _prepare_postgresql(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Our statements take milliseconds; compiling one, or starting processes for it, takes tens of them."""
    cursor = connection.cursor()
    cursor.execute(FOR_SHORT_STATEMENTS)
    cursor.close()
    connection.commit()


def _leave_a_standby(context: ExceptionContext) -> None:
    """After a fail-over the pool's connections may belong to a server that is now read-only, and still answers.

    They count as lost, so the next ones are made to wherever the address leads by then (gpustack/gpustack#6105).
    """
    if _is_standby(context.original_exception) and not _only_reads(context.connection):
        context.is_disconnect = True


def _only_reads(connection: Connection | None) -> bool:
    """Whether we asked for read-only ourselves, so that a refused write is a bug of ours."""
    return connection is not None and bool(connection.get_execution_options().get("postgresql_readonly"))


def _is_standby(error: BaseException | None) -> bool:
    return getattr(error, "sqlstate", None) == READ_ONLY or RECOVERING in str(error)


def is_passing(error: DBAPIError) -> bool:
    """True for an error that may disappear if the whole transaction is retried."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        # The low byte is the code proper: SQLITE_BUSY_SNAPSHOT is a kind of SQLITE_BUSY.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    if error.connection_invalidated:
        return True
    state: str | None = getattr(cause, "sqlstate", None)
    if state is None:  # the server said nothing: it could not be reached, or went away
        return isinstance(error, OperationalError)
    return state[:2] in PASSING_CLASSES or state in PASSING_STATES


def is_damage(error: DBAPIError) -> bool:
    """Whether the file itself is broken."""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_CORRUPT


def is_away(error: DBAPIError) -> bool:
    """True if a server could not be reached, or accepts no connections just now. Everything else needs a person."""
    said = str(error.orig)
    return not isinstance(error.orig, sqlite3.Error) and any(words in said for words in AWAY)


async def takes_nobody_now(error: DBAPIError) -> bool:
    """Likewise, by the code of a server whose messages are in another language: it is contacted once more for that."""
    connection = getattr(error.orig, "pgconn", None)  # of an error on connecting alone
    if connection is None:
        return False
    named = [
        part.decode("utf-8", "replace") for part in (connection.host, connection.port, connection.user, connection.db)
    ]
    host, port, user, database = named
    code = await refusal_code(host, int(port), user, database) if host and port.isdecimal() else None
    return code == FULL or code in PASSING_STATES


def is_unknown_host(error: DBAPIError) -> bool:
    """True if its name is unknown. If no name server answers, that can't be determined."""
    said = str(error.orig)
    return UNKNOWN_HOST in said and NO_NAME_SERVER not in said
