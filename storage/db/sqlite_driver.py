"""aiosqlite with one visit to a connection's thread for each statement.

SQLAlchemy asks for a cursor, the statement, its rows and an end one after another, and each visit wakes two threads:
that costs more than most statements do.
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
    """As `aiosqlite.connect`. The thread does not outlive the process, closed or not."""
    connection = OneVisitConnection(partial(sqlite3.connect, database, **options), CHUNK)
    connection.end_with_process()
    return connection


class RowsRead(sqlite3.Cursor):
    """Has read all rows when its statement has run."""

    rows: list[Any]

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        self.rows = super().execute(sql, parameters).fetchall()
        return self


class OneVisitCursor(Cursor):
    def __init__(self, connection: Connection, cursor: RowsRead) -> None:
        super().__init__(connection, cursor)
        self._read = cursor

    async def fetchall(self) -> Iterable[sqlite3.Row]:
        return self._read.rows

    async def close(self) -> None:
        """Nothing is held: its rows are read."""


class OneVisitConnection(Connection):
    @contextmanager
    async def cursor(self) -> Cursor:
        return OneVisitCursor(self, RowsRead(self._conn))

    async def rollback(self) -> None:
        if self.in_transaction:  # SQLAlchemy asks for it whenever a connection goes back to its pool
            await super().rollback()

    def end_with_process(self) -> None:
        self._thread.daemon = True
