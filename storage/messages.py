"""Where the card and the result of a video are shown."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.job import PostedMessage
from bot.domain.ports import Shown
from storage import upserts
from storage.database import Database
from storage.tables import messages

CARD = "card"
RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRows:
    """The MessageStore."""

    database: Database

    async def shown(self, job_id: JobId) -> Shown:
        async def read(connection: AsyncConnection) -> Shown:
            rows = await connection.execute(select(messages).where(messages.c.job_id == job_id))
            found = {row.kind: PostedMessage(channel_id=row.channel_id, message_id=row.message_id) for row in rows}
            return Shown(card=found.get(CARD), result=found.get(RESULT))

        return await self.database.read(read)

    async def remember_card(self, job_id: JobId, message: PostedMessage) -> None:
        await self._remember(job_id, CARD, message)

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None:
        await self._remember(job_id, RESULT, message)

    async def forget_result(self, job_id: JobId) -> None:
        async def write(connection: AsyncConnection) -> None:
            result = (messages.c.job_id == job_id, messages.c.kind == RESULT)
            await connection.execute(delete(messages).where(*result))

        await self.database.write(write)

    async def _remember(self, job_id: JobId, kind: str, message: PostedMessage) -> None:
        where = {"channel_id": message.channel_id, "message_id": message.message_id}
        await self.database.write(
            lambda connection: upserts.put(connection, messages, job_id=job_id, kind=kind, **where)
        )
