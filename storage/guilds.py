"""A server's own rules; anything it has not decided follows the defaults of whoever runs Kinora."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, bindparam, cast, delete, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object, wired
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import Usd
from storage.db import snapshot, upserts
from storage.db.database import Database, Work
from storage.guild_tables import guild_roles, guilds

RULES = "guild rules"  # of a snapshot, by the server's id


@wired
class GuildRows:
    """The GuildStore."""

    database: Database
    opening: AccessPolicy  # of a server that decided nothing
    budget: Usd  # likewise, for a month

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        known = snapshot.known().get((RULES, guild_id))
        if isinstance(known, GuildSettings):
            return known
        return await self.database.read(lambda connection: self._guild_settings(connection, guild_id))

    async def grant(self, guild_id: int, role_id: int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            await upserts.put(connection, guild_roles, guild_id=guild_id, role_id=role_id)
            return await self._guild_settings(connection, guild_id)

        return await self._changed(guild_id, write)

    async def revoke(self, guild_id: int, role_id: int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            granted = (guild_roles.c.guild_id == guild_id, guild_roles.c.role_id == role_id)
            await connection.execute(delete(guild_roles).where(*granted))
            return await self._guild_settings(connection, guild_id)

        return await self._changed(guild_id, write)

    async def open_to(self, guild_id: int, opening: AccessPolicy) -> GuildSettings:
        return await self._decide(guild_id, opening=opening.value)

    async def set_budget(self, guild_id: int, budget: Usd) -> GuildSettings:
        return await self._decide(guild_id, monthly_budget=budget.micros)

    async def set_time_zone(self, guild_id: int, zone: str) -> GuildSettings:
        return await self._decide(guild_id, time_zone=zone)

    async def _decide(self, guild_id: int, **rules: str | int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            await upserts.put(connection, guilds, guild_id=guild_id, **rules)
            return await self._guild_settings(connection, guild_id)

        return await self._changed(guild_id, write)

    async def _changed(self, guild_id: int, write: Work[GuildSettings]) -> GuildSettings:
        try:
            return await self.database.write(write)
        finally:
            snapshot.drop((RULES, guild_id))

    async def _guild_settings(self, connection: AsyncConnection, guild_id: int) -> GuildSettings:
        return self.settings_in(guild_id, await connection.execute(ALL_RULES, {"guild": guild_id}))

    def settings_in(self, guild_id: int, rows: Iterable[Row[*tuple[Any, ...]]]) -> GuildSettings:
        """The settings in the rows of `rules_of_guild`."""
        found = list(rows)
        decided = next((row for row in found if row.role_id is None), None)
        return GuildSettings(
            guild_id=guild_id,
            opening=self.opening if decided is None or decided.opening is None else AccessPolicy(decided.opening),
            roles=frozenset(row.role_id for row in found if row.role_id is not None),
            monthly_budget=self.budget if decided is None else _budget(decided, self.budget),
            time_zone=None if decided is None else decided.time_zone,
        )


RULE_COLUMNS = (guilds.c.opening, guilds.c.monthly_budget, guilds.c.time_zone, guild_roles.c.role_id)


def rules_of_guild() -> tuple[Select[*tuple[Any, ...]], Select[*tuple[Any, ...]]]:
    """What the server `guild` has decided, and its roles, to be joined by UNION ALL: each row is one or the other."""
    *rules, role = RULE_COLUMNS
    decided = select(*rules, nothing(role)).where(guilds.c.guild_id == bindparam("guild"))
    roles = select(*map(nothing, rules), role).where(guild_roles.c.guild_id == bindparam("guild"))
    return decided, roles


def nothing(column: Column[Any]) -> ColumnElement[Any]:
    """NULL in place of a column."""
    return cast(null(), column.type).label(column.name)


ALL_RULES = union_all(*rules_of_guild())


@value_object
class MonthTerms:
    """What a server may spend in a month, and when its months begin."""

    budget: Usd
    calendar: Calendar


MONTH_TERMS = select(guilds.c.monthly_budget, guilds.c.time_zone).where(guilds.c.guild_id == bindparam("guild"))


async def month_terms(connection: AsyncConnection, guild_id: int, default: Usd) -> MonthTerms:
    row = (await connection.execute(MONTH_TERMS, {"guild": guild_id})).one_or_none()
    return MonthTerms(budget=default, calendar=Calendar()) if row is None else month_terms_in(row, default)


def month_terms_in(row: Row[*tuple[Any, ...]], default: Usd) -> MonthTerms:
    return MonthTerms(budget=_budget(row, default), calendar=Calendar.of(row.time_zone))


async def calendar_of(connection: AsyncConnection, guild_id: int) -> Calendar:
    """The calendar that defines a server's days and months."""
    zone = select(guilds.c.time_zone).where(guilds.c.guild_id == guild_id)
    return Calendar.of((await connection.execute(zone)).scalar_one_or_none())


def known_calendar(guild_id: int) -> Calendar | None:
    """Likewise, at most a second old; None outside an interaction that has read it."""
    known = snapshot.known().get((RULES, guild_id))
    return Calendar.of(known.time_zone) if isinstance(known, GuildSettings) else None


def _budget(row: Row[*tuple[Any, ...]], default: Usd) -> Usd:
    return default if row.monthly_budget is None else Usd(row.monthly_budget)
