"""Which stored files jobs still need. Read as text: a row that can't be read as a job keeps its files as well."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from storage.db.database import Database
from storage.tables import jobs

PICTURE = re.compile(r"(?:pictures|inputs)/[A-Za-z0-9._-]+")
BATCH = 500  # rows


@wired
class SqlFileReferences:
    """The FileReferences."""

    database: Database

    async def pictures(self) -> AsyncIterator[frozenset[str]]:
        last = ""
        while rows := await self._with_pictures(last):
            yield frozenset(key for text in rows.values() for key in PICTURE.findall(text))
            last = max(rows)

    async def deleted(self, job_ids: Iterable[JobId]) -> frozenset[JobId]:
        wanted, found = sorted(set(job_ids)), set[JobId]()
        for start in range(0, len(wanted), BATCH):
            found |= await self._deleted(wanted[start : start + BATCH])
        return frozenset(found)

    async def _with_pictures(self, after: str) -> dict[str, str]:
        has_pictures = or_(jobs.c.picture.is_not(None), jobs.c.options.is_not(None))
        kept = (jobs.c.id > after, has_pictures, jobs.c.deleted.is_(False))
        written = func.coalesce(cast(jobs.c.picture, Text), "") + func.coalesce(cast(jobs.c.options, Text), "")
        batch = select(jobs.c.id, written.label("written")).where(*kept).order_by(jobs.c.id).limit(BATCH)

        async def read(connection: AsyncConnection) -> dict[str, str]:
            return {row.id: row.written for row in await connection.execute(batch)}

        return await self.database.read(read)

    async def _deleted(self, job_ids: Sequence[JobId]) -> set[JobId]:
        these = select(jobs.c.id).where(
            jobs.c.id.in_(job_ids), or_(jobs.c.deleted.is_(True), jobs.c.expired_at.is_not(None))
        )

        async def read(connection: AsyncConnection) -> set[JobId]:
            return {JobId(row.id) for row in await connection.execute(these)}

        return await self.database.read(read)
