"""Which of several processes answers people, as leases in the database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.ports.gateway_lock import ONE_SHARD, Shards
from storage.db import upserts
from storage.db.database import Database
from storage.db.time_types import EPOCH, MICROSECOND, present
from storage.tables import records

# Among the records; by the database's own clock, which they are not. A bot with one shard has a row under its id, as
# versions without shards had it; others have one a shard. That of the id is locked whatever is taken.
NAMESPACE = "who answers people"
IDENTIFIES = "who begins a session"
PRIMARY = [records.c.namespace, records.c.key]
MOST_IN_LINE = 100  # sessions waiting for one another


@wired
class SqlGatewayLock:
    """The GatewayLock."""

    database: Database
    clock: Clock

    async def take(
        self, bot: int, holder: str, seconds: float, is_gone: Callable[[str], bool], shards: Shards = ONE_SHARD
    ) -> str:
        async def write(connection: AsyncConnection) -> str:
            rows = await _leases(connection, bot)
            now, lease = await present(connection, self.clock), timedelta(seconds=seconds)
            wanted = {_key(bot, shard, shards.count) for shard in shards.ids}
            for key, (other, until) in rows.items():
                stands_in_the_way = key in wanted or _count(key) != shards.count
                if stands_in_the_way and other != holder and _is_held(until, now, lease) and not is_gone(other):
                    return other
            await _write(connection, NAMESPACE, wanted, [holder, (now + lease - EPOCH) // MICROSECOND])
            return holder

        return await self.database.write(write, urgent=True)

    async def release(self, bot: int, holder: str) -> None:
        async def write(connection: AsyncConnection) -> None:
            rows = await _leases(connection, bot)
            if held := {key for key, (other, _) in rows.items() if other == holder}:
                await _write(connection, NAMESPACE, held, ["", 0])

        await self.database.write(write)

    async def identify(self, bot: int, bucket: int, seconds: float) -> float:
        async def write(connection: AsyncConnection) -> float:
            key, gap = f"{bot} {bucket}", timedelta(seconds=seconds)
            _, last = await _lock(connection, IDENTIFIES, key)
            now = await present(connection, self.clock)
            free = EPOCH + last * MICROSECOND + gap
            # One further away than many waiting processes could make it was written by a clock that has been corrected
            # since.
            at = free if now < free <= now + MOST_IN_LINE * gap else now
            await _write(connection, IDENTIFIES, {key}, ["", (at - EPOCH) // MICROSECOND])
            return (at - now).total_seconds()

        return await self.database.write(write)


def _key(bot: int, shard: int, count: int) -> str:
    return str(bot) if count == 1 else f"{bot} {shard}/{count}"


def _count(key: str) -> int:
    return int(key.rpartition("/")[2]) if "/" in key else 1


def _is_held(until: int, now: datetime, lease: timedelta) -> bool:
    """A lease longer than any was written by a clock that has been corrected since."""
    return now < EPOCH + until * MICROSECOND <= now + lease


async def _lock(connection: AsyncConnection, namespace: str, key: str) -> tuple[str, int]:
    """The value of this row, which exists from now on: otherwise two that find none would both believe that they
    created it.
    """
    row = select(records.c.value).where(and_(records.c.namespace == namespace, records.c.key == key))
    found = (await connection.execute(row.with_for_update())).scalar_one_or_none()
    if found is not None:
        return str(found[0]), int(found[1])
    nobody = upserts.insert(connection, records).values(namespace=namespace, key=key, value=["", 0])
    await connection.execute(nobody.on_conflict_do_nothing(index_elements=PRIMARY))
    return await _lock(connection, namespace, key)


async def _leases(connection: AsyncConnection, bot: int) -> dict[str, tuple[str, int]]:
    """All of a bot. Read once its own row is locked: the same statement would not see what was written before that."""
    await _lock(connection, NAMESPACE, str(bot))
    ours = or_(records.c.key == str(bot), records.c.key.startswith(f"{bot} ", autoescape=True))
    rows = select(records.c.key, records.c.value).where(and_(records.c.namespace == NAMESPACE, ours))
    return {key: (str(holder), int(until)) for key, (holder, until) in await connection.execute(rows)}


async def _write(connection: AsyncConnection, namespace: str, keys: set[str], value: list[str | int]) -> None:
    rows = [{"namespace": namespace, "key": key, "value": value} for key in sorted(keys)]
    insert = upserts.insert(connection, records).values(rows)
    await connection.execute(
        insert.on_conflict_do_update(index_elements=PRIMARY, set_={"value": insert.excluded.value})
    )


async def holders(database: Database, clock: Clock) -> Sequence[str]:
    """Who answers people now, for each bot that uses this database."""

    async def read(connection: AsyncConnection) -> Sequence[str]:
        now = await present(connection, clock)
        values = await connection.execute(select(records.c.value).where(records.c.namespace == NAMESPACE))
        return [str(holder) for holder, until in values.scalars() if holder and now < EPOCH + until * MICROSECOND]

    return await database.read(read)
