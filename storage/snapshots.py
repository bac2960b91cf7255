"""Settings of a server and its members, read at once for the duration of one interaction."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record
from storage.db import snapshot
from storage.db.database import Database
from storage.guilds import RULE_COLUMNS, RULES, GuildRows, nothing, rules_of_guild
from storage.records import is_lasting, readable
from storage.tables import records

FACT_COLUMNS = (records.c.namespace, records.c.key, records.c.value)
# Some facts more than were asked for may be found by this; they are few, and left out afterwards.
FACTS = select(*FACT_COLUMNS, *map(nothing, RULE_COLUMNS)).where(
    records.c.namespace.in_(bindparam("namespaces", expanding=True)),
    records.c.key.in_(bindparam("keys", expanding=True)),
    is_lasting,
)
NO_FACT = tuple(map(nothing, FACT_COLUMNS))
ALL = union_all(FACTS, *(part.with_only_columns(*NO_FACT, *part.selected_columns) for part in rules_of_guild()))


@wired
class SqlSnapshots:
    """The Snapshots."""

    database: Database
    clock: Clock
    guilds: GuildRows

    @contextlib.asynccontextmanager
    async def of(self, guild_id: int, facts: Iterable[tuple[Record[Any], str]]) -> AsyncIterator[None]:
        wanted, now = list(facts), self.clock.now()

        async def read(connection: AsyncConnection) -> dict[snapshot.Fact, Any]:
            return await self._read(connection, guild_id, wanted, now)

        async with snapshot.reading_from(self.clock, self.database.read(read)):
            yield

    async def _read(
        self, connection: AsyncConnection, guild_id: int, wanted: list[tuple[Record[Any], str]], now: datetime
    ) -> dict[snapshot.Fact, Any]:
        asked: Mapping[str, Any] = {
            "guild": guild_id,
            "namespaces": sorted({record.namespace for record, _ in wanted}),
            "keys": sorted({key for _, key in wanted}),
            "now": now,
        }
        rows = (await connection.execute(ALL, asked)).all()
        values = {(row.namespace, row.key): row.value for row in rows if row.namespace is not None}
        rules = self.guilds.settings_in(guild_id, (row for row in rows if row.namespace is None))
        found: dict[snapshot.Fact, Any] = {(RULES, guild_id): rules}
        for record, key in wanted:
            fact = (record.namespace, key)
            found[fact] = readable(record, key, values[fact]) if fact in values else None
        return found
