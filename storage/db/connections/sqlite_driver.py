"""aiosqlite with one visit to a connection's thread per statement, and none to begin.

SQLAlchemy asks for a transaction, a cursor, the statement, its rows and an end one after another, and each visit wakes
two threads: that costs more than most statements.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any, Self

from aiosqlite import Connection, Cursor
from aiosqlite.context import contextmanager

CHUNK = 64  # rows; aiosqlite's own, for cursors that are read in parts


def connect(database: str, **options: Any) -> Connection:
    """Like `aiosqlite.connect`. The thread does not outlive the process, closed or not."""
    return OneVisitConnection(partial(sqlite3.connect, database, **options), CHUNK).ending_with_process()


def connect_to_read(database: str, **options: Any) -> Connection:
    """Likewise, for transactions that only read."""
    return ReadingConnection(partial(sqlite3.connect, database, **options), CHUNK).ending_with_process()


class RowsRead(sqlite3.Cursor):
    """Has read all rows once its statement has run. `opening` runs before it."""

    rows: list[Any]
    opening: str | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self._open()
        self.rows = super().execute(sql, parameters).fetchall()
        return self

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        self._open()
        return super().executemany(sql, parameters)

    def _open(self) -> None:
        if self.opening is not None:
            super().execute(self.opening)


class OneVisitCursor(Cursor):
    def __init__(self, connection: Connection, cursor: RowsRead) -> None:
        super().__init__(connection, cursor)
        self._read = cursor

    async def fetchone(self) -> sqlite3.Row | None:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Iterable[sqlite3.Row]:
        """The next rows, for callers that stream them: they have all been read anyway, so streaming saves no memory."""
        count = self.arraysize if size is None else size
        part, self._read.rows = self._read.rows[:count], self._read.rows[count:]
        return part

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        rest, self._read.rows = self._read.rows, []
        return rest

    async def close(self) -> None:
        """Nothing is held: its rows are read."""


class OneVisitConnection(Connection):
    _opening: str | None = None  # what the next statement has to begin with
    _is_open = False  # whether a transaction was begun, and not ended since

    def begin(self, opening: str) -> None:
        """Begin a transaction together with its first statement."""
        self._opening = opening

    @contextmanager
    async def cursor(self) -> Cursor:
        cursor = RowsRead(self._conn)
        if self._opening is not None:
            cursor.opening, self._opening, self._is_open = self._opening, None, True
        return OneVisitCursor(self, cursor)

    async def commit(self) -> None:
        if self._ends():
            await super().commit()

    async def rollback(self) -> None:
        if self._ends():
            await super().rollback()

    def _ends(self) -> bool:
        """False when nothing was begun. SQLAlchemy rolls back whenever a connection goes back to its pool."""
        was_open, self._opening, self._is_open = self._is_open, None, False
        return was_open

    def ending_with_process(self) -> Self:
        self._thread.daemon = True
        return self


class ReadingConnection(OneVisitConnection):
    """Nobody waits for the end of a transaction: it changed nothing, and its thread ends it before the next begins."""

    async def commit(self) -> None:
        if self._ends():
            self._tx.put_nowait((None, self._conn.commit))
