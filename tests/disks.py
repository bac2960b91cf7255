"""Databases and files that do not wait for the disk. No test loses power, and a commit that waits takes thrice as long.

A test about waiting uses `waiting_for_the_disk`.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from unittest.mock import patch

from sqlalchemy import Connection, Engine, event

ASKED = "asked not to wait for the disk"  # what is recorded for a connection
SYNC = os.fsync


@contextmanager
def not_waiting_for_the_disk() -> Iterator[None]:
    """For all connections to SQLite opened meanwhile, and all files of this process."""
    event.listen(Engine, "engine_connect", _do_not_wait)
    try:
        with patch.object(os, "fsync", _without_a_wait):
            yield
    finally:
        event.remove(Engine, "engine_connect", _do_not_wait)


@contextmanager
def waiting_for_the_disk() -> Iterator[None]:
    """Like the shipped bot."""
    event.remove(Engine, "engine_connect", _do_not_wait)
    try:
        with patch.object(os, "fsync", SYNC):
            yield
    finally:
        event.listen(Engine, "engine_connect", _do_not_wait)


def _without_a_wait(descriptor: int) -> None:
    """Only the mistakes that fsync reports at once."""
    os.fstat(descriptor)


def _do_not_wait(connection: Connection) -> None:
    """Before anything else: within a transaction SQLite does not change how it writes."""
    if connection.dialect.name == "sqlite" and ASKED not in connection.info:
        connection.info[ASKED] = True
        cursor = connection.connection.cursor()
        with suppress(sqlite3.Error):  # for a file that is not a database: the first statement reports that
            cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()
