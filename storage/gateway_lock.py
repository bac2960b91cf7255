"""Which of several processes answers people, as a lease in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ports.clock import Clock
from storage.db import upserts
from storage.db.database import Database
from storage.db.time_types import EPOCH, MICROSECOND, present
from storage.tables import records

NAMESPACE = "who answers people"  # among the records; by the database's own clock, which they are not


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlGatewayLock:
    """The GatewayLock."""

    database: Database
    clock: Clock

    async def take(self, bot: int, holder: str, seconds: float, is_gone: Callable[[str], bool]) -> str:
        async def write(connection: AsyncConnection) -> str:
            await _make_row(connection, bot)
            now, lease = await present(connection, self.clock), timedelta(seconds=seconds)
            row = select(records.c.value).where(_is(bot)).with_for_update()
            other, until = (await connection.execute(row)).scalar_one()
            # A lease that is longer than any was written by a clock that has been set right since.
            is_held = now < EPOCH + until * MICROSECOND <= now + lease
            if other != holder and is_held and not is_gone(other):
                return str(other)
            value = [holder, (now + lease - EPOCH) // MICROSECOND]
            await connection.execute(update(records).where(_is(bot)).values(value=value))
            return holder

        return await self.database.write(write)

    async def release(self, bot: int, holder: str) -> None:
        async def write(connection: AsyncConnection) -> None:
            row = select(records.c.value).where(_is(bot)).with_for_update()
            value = (await connection.execute(row)).scalar_one_or_none()
            if value is not None and value[0] == holder:
                await connection.execute(delete(records).where(_is(bot)))

        await self.database.write(write)


def _is(bot: int) -> ColumnElement[bool]:
    return and_(records.c.namespace == NAMESPACE, records.c.key == str(bot))


async def _make_row(connection: AsyncConnection, bot: int) -> None:
    """A row to lock: two that find none would both think that they made it."""
    nobody = upserts.insert(connection, records).values(namespace=NAMESPACE, key=str(bot), value=["", 0])
    await connection.execute(nobody.on_conflict_do_nothing(index_elements=[records.c.namespace, records.c.key]))


async def holders(database: Database, clock: Clock) -> Sequence[str]:
    """Who answers people now, for each bot that uses this database."""

    async def read(connection: AsyncConnection) -> Sequence[str]:
        now = await present(connection, clock)
        values = await connection.execute(select(records.c.value).where(records.c.namespace == NAMESPACE))
        return [str(holder) for holder, until in values.scalars() if holder and now < EPOCH + until * MICROSECOND]

    return await database.read(read)
