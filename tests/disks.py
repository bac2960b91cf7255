"""Databases that do not wait for the disk. No test loses power, and a commit that waits takes three times as long.

A test that is about waiting says so with `waiting_for_the_disk`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, event

ASKED = "asked not to wait for the disk"  # what is noted of a connection


@contextmanager
def not_waiting_for_the_disk() -> Iterator[None]:
    """Whoever connects to SQLite meanwhile."""
    event.listen(Engine, "engine_connect", _do_not_wait)
    try:
        yield
    finally:
        event.remove(Engine, "engine_connect", _do_not_wait)


@contextmanager
def waiting_for_the_disk() -> Iterator[None]:
    """As the shipped bot does."""
    event.remove(Engine, "engine_connect", _do_not_wait)
    try:
        yield
    finally:
        event.listen(Engine, "engine_connect", _do_not_wait)


def _do_not_wait(connection: Connection) -> None:
    """Before anything begins: within a transaction SQLite does not change how it writes."""
    if connection.dialect.name == "sqlite" and ASKED not in connection.info:
        connection.info[ASKED] = True
        cursor = connection.connection.cursor()
        with suppress(sqlite3.Error):  # of a file that is no database: the first statement tells it
            cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()
