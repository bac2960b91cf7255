"""Copies all rows of one database to another, of the same kind or not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.database import Database
from storage.studio.search import index as search_index
from storage.tables import jobs, metadata, records

BATCH = 1000  # rows in memory
BESIDE = ("-wal", "-shm", "")  # what SQLite has of a database, in the order in which it may be moved


def remove_file(file: Path) -> None:
    """Remove a SQLite database that nobody uses, if there is one, with anything a full disk has left next to it."""
    for end in BESIDE:
        file.with_name(f"{file.name}{end}").unlink(missing_ok=True)


def copy_file(source: Path, target: Path) -> None:
    """A SQLite database as it is at one moment, whoever writes to it meanwhile.

    `target` must not exist. Raises sqlite3.Error. https://www.sqlite.org/lang_vacuum.html#vacuuminto
    """
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("vacuum into ?", [str(target)])


def finish_file(file: Path) -> None:
    """Move everything written from the write-ahead log into the file itself. Raises sqlite3.Error.

    SQLite does that when the last connection closes, too, but does not report if it failed, as on a full disk.
    """
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma journal_mode=delete")


def forget_records(file: Path, namespace: str) -> None:
    """Remove facts of one kind from a SQLite database that nobody uses. Raises sqlite3.Error."""
    with closing(sqlite3.connect(file)) as connection, connection:
        if connection.execute("select 1 from sqlite_master where name = ?", [records.name]).fetchone():
            connection.execute("delete from records where namespace = ?", [namespace])


async def count_rows(database: Database) -> int:
    async def read(connection: AsyncConnection) -> int:
        counts = [await connection.scalar(select(func.count()).select_from(table)) for table in metadata.sorted_tables]
        return sum(count or 0 for count in counts)

    return await database.read(read)


async def has_jobs(database: Database) -> bool:
    async def read(connection: AsyncConnection) -> bool:
        return await connection.scalar(select(jobs.c.id).limit(1)) is not None

    return await database.read(read)


async def copy_rows(source: Database, target: Database, copied: Callable[[int], object]) -> None:
    """As they are at one moment, replacing everything in `target`. `copied` is called for each batch.

    Both have the tables of this version. Afterwards the target has all of them, or what it had before.
    """

    async def read(rows: AsyncConnection) -> None:
        async def write(connection: AsyncConnection) -> None:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(delete(table))
            await search_index.clear(connection)  # rebuilt at the next start
            for table in metadata.sorted_tables:
                await _copy(table, rows, connection, copied)
            await _count_on(connection)

        await target.write(write)

    await source.read(read)


async def _copy(
    table: Table, source: AsyncConnection, target: AsyncConnection, copied: Callable[[int], object]
) -> None:
    found = await source.stream(select(table))
    async for batch in found.mappings().partitions(BATCH):
        await target.execute(insert(table), [dict(row) for row in batch])
        copied(len(batch))


async def _count_on(connection: AsyncConnection) -> None:
    """PostgreSQL numbers rows with sequences, which know nothing of rows that came with a number."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        if (number := table.autoincrement_column) is not None:
            last = select(func.coalesce(func.max(number), 0) + 1)
            sequence = func.pg_get_serial_sequence(table.name, number.name)
            await connection.execute(select(func.setval(sequence, last.scalar_subquery(), text("false"))))
