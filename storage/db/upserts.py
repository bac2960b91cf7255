"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell the same and SQLAlchemy does not."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Of this database: PostgreSQL's has the same methods."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    # Imported only there: the dialect takes 2 MB and 0.03 s, and most installations use SQLite.
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - see above

    return cast("sqlite.Insert", postgresql.insert(table))


async def put(connection: AsyncConnection, table: Table, **values: object) -> None:
    """Insert a row, or replace the row with the same primary key."""
    key = list(table.primary_key.columns)
    rest = {name: value for name, value in values.items() if name not in table.primary_key.columns}
    statement = insert(connection, table).values(values)
    if rest:
        await connection.execute(statement.on_conflict_do_update(index_elements=key, set_=rest))
    else:
        await connection.execute(statement.on_conflict_do_nothing(index_elements=key))
