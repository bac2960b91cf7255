"""Small facts that outlive the process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Updated
from storage.db import snapshot, upserts
from storage.db.database import Database
from storage.locks import NamedLock, hold_named
from storage.tables import records
from storage.type_adapters import adapter_of

log = logging.getLogger(__name__)

T = TypeVar("T")

is_lasting = or_(records.c.expires_at.is_(None), records.c.expires_at >= bindparam("now"))
LASTING = select(records.c.key, records.c.value).where(
    records.c.namespace == bindparam("namespace"),
    records.c.key.in_(bindparam("keys", expanding=True)),
    is_lasting,
)


@wired
class SqlRecords:
    """The Records. By this machine's clock: what lasts for days need not be exact."""

    database: Database
    clock: Clock

    async def read(self, record: Record[T], key: str) -> T | None:
        return (await self.read_many(record, [key])).get(key)

    async def read_many(self, record: Record[T], keys: Iterable[str]) -> Mapping[str, T]:
        wanted, now = sorted(set(keys)), self.clock.now()
        known, facts = snapshot.known(), {key: (record.namespace, key) for key in wanted}
        if all(fact in known for fact in facts.values()):
            return {key: value for key, fact in facts.items() if (value := known[fact]) is not None}
        return await self.database.read(lambda connection: _read(connection, record, wanted, now))

    async def write(self, record: Record[T], key: str, value: T) -> None:
        await self.update(record, key, lambda _: value)

    async def update(self, record: Record[T], key: str, change: Callable[[T | None], T | None]) -> Updated[T]:
        async def write(connection: AsyncConnection) -> Updated[T]:
            await _wait_for_others(connection, record, key)
            before = (await _read(connection, record, [key], self.clock.now())).get(key)
            after = change(before)
            if after is None:
                await connection.execute(delete(records).where(_is(record, key)))
            elif after != before or record.lasts is not None:
                await self._put(connection, record, key, after)
            return Updated(before, after)

        try:
            return await self.database.write(write)
        finally:
            snapshot.drop((record.namespace, key))

    async def clean(self) -> None:
        """Remove what has expired."""
        expired = delete(records).where(records.c.expires_at < self.clock.now())
        await self.database.write(lambda connection: connection.execute(expired))

    async def _put(self, connection: AsyncConnection, record: Record[T], key: str, value: T) -> None:
        await upserts.put(
            connection,
            records,
            namespace=record.namespace,
            key=key,
            value=adapter_of(record.model).dump_python(value, mode="json"),
            expires_at=None if record.lasts is None else self.clock.now() + record.lasts,
        )


async def _wait_for_others(connection: AsyncConnection, record: Record[T], key: str) -> None:
    """A row that does not exist yet cannot be locked."""
    await hold_named(connection, NamedLock.RECORD, f"{record.namespace}\n{key}")


async def _read(connection: AsyncConnection, record: Record[T], keys: Sequence[str], now: datetime) -> Mapping[str, T]:
    rows = await connection.execute(LASTING, {"namespace": record.namespace, "keys": keys, "now": now})
    found = {key: readable(record, key, value) for key, value in rows}
    return {key: value for key, value in found.items() if value is not None}


def readable(record: Record[T], key: str, value: object) -> T | None:
    try:
        return adapter_of(record.model).validate_python(value)
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        log.warning(
            "what was remembered as %r of %r cannot be read and is forgotten: %s", record.namespace, key, reason
        )
        return None


def _is(record: Record[T], key: str) -> ColumnElement[bool]:
    return and_(records.c.namespace == record.namespace, records.c.key == key)
