"""Which of several processes answers people, as a lease in the database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ports.clock import Clock
from storage.db import upserts
from storage.db.database import Database
from storage.db.time_types import EPOCH, MICROSECOND, present
from storage.tables import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlGatewayLock:
    """The GatewayLock."""

    database: Database
    clock: Clock

    async def take(self, bot: int, holder: str, seconds: float, is_gone: Callable[[str], bool]) -> str:
        async def write(connection: AsyncConnection) -> str:
            await _make_row(connection, bot)
            now, lease = await present(connection, self.clock), timedelta(seconds=seconds)
            row = select(notes.c.value).where(notes.c.key == _key(bot)).with_for_update()
            other, until = json.loads((await connection.execute(row)).scalar_one())
            # A lease that is longer than any was written by a clock that has been set right since.
            is_held = now < EPOCH + until * MICROSECOND <= now + lease
            if other != holder and is_held and not is_gone(other):
                return str(other)
            value = json.dumps([holder, (now + lease - EPOCH) // MICROSECOND])
            await upserts.put(connection, notes, key=_key(bot), value=value)
            return holder

        return await self.database.write(write)

    async def release(self, bot: int, holder: str) -> None:
        async def write(connection: AsyncConnection) -> None:
            own = (notes.c.key == _key(bot), notes.c.value.startswith(json.dumps([holder])[:-1], autoescape=True))
            await connection.execute(delete(notes).where(*own))

        await self.database.write(write)


def _key(bot: int) -> str:
    return f"answering for {bot}"


async def _make_row(connection: AsyncConnection, bot: int) -> None:
    """A row to lock: two that find none would both think that they made it."""
    nobody = upserts.insert(connection, notes).values(key=_key(bot), value=json.dumps(["", 0]))
    await connection.execute(nobody.on_conflict_do_nothing(index_elements=[notes.c.key]))
