"""A server's own rules; what it has not decided follows the defaults of whoever runs Kinora."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.money.usd import Usd
from storage.db import upserts
from storage.db.database import Database
from storage.tables import guild_roles, guilds


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildRows:
    """The GuildStore."""

    database: Database
    opening: AccessPolicy  # of a server that decided nothing
    budget: Usd  # likewise, for a month

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        return await self.database.read(lambda connection: self._guild_settings(connection, guild_id))

    async def grant(self, guild_id: int, role_id: int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            await upserts.put(connection, guild_roles, guild_id=guild_id, role_id=role_id)
            return await self._guild_settings(connection, guild_id)

        return await self.database.write(write)

    async def revoke(self, guild_id: int, role_id: int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            granted = (guild_roles.c.guild_id == guild_id, guild_roles.c.role_id == role_id)
            await connection.execute(delete(guild_roles).where(*granted))
            return await self._guild_settings(connection, guild_id)

        return await self.database.write(write)

    async def open_to(self, guild_id: int, opening: AccessPolicy) -> GuildSettings:
        return await self._decide(guild_id, opening=opening.value)

    async def set_budget(self, guild_id: int, budget: Usd) -> GuildSettings:
        return await self._decide(guild_id, monthly_budget=budget.micros)

    async def _decide(self, guild_id: int, **rules: str | int) -> GuildSettings:
        async def write(connection: AsyncConnection) -> GuildSettings:
            await upserts.put(connection, guilds, guild_id=guild_id, **rules)
            return await self._guild_settings(connection, guild_id)

        return await self.database.write(write)

    async def _guild_settings(self, connection: AsyncConnection, guild_id: int) -> GuildSettings:
        opening = select(guilds.c.opening).where(guilds.c.guild_id == guild_id)
        decided = (await connection.execute(opening)).scalar_one_or_none()
        roles = select(guild_roles.c.role_id).where(guild_roles.c.guild_id == guild_id)
        return GuildSettings(
            guild_id=guild_id,
            opening=self.opening if decided is None else AccessPolicy(decided),
            roles=frozenset((await connection.execute(roles)).scalars()),
            monthly_budget=await monthly_budget(connection, guild_id, self.budget),
        )


async def monthly_budget(connection: AsyncConnection, guild_id: int, default: Usd) -> Usd:
    decided = select(guilds.c.monthly_budget).where(guilds.c.guild_id == guild_id)
    micros = (await connection.execute(decided)).scalar_one_or_none()
    return default if micros is None else Usd(micros)
