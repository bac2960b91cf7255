"""Small facts that outlive the process."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db import upserts
from storage.db.database import Database
from storage.tables import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRecords:
    """The Records."""

    database: Database

    async def read(self, key: str) -> str | None:
        async def read(connection: AsyncConnection) -> str | None:
            return (await connection.execute(select(notes.c.value).where(notes.c.key == key))).scalar_one_or_none()

        return await self.database.read(read)

    async def write(self, key: str, value: str) -> None:
        await self.database.write(lambda connection: upserts.put(connection, notes, key=key, value=value))
