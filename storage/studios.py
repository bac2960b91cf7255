"""A server's own rules; what it has not decided follows the defaults of whoever runs Kinora."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access import Opening, Studio
from bot.domain.money import Usd
from storage import upserts
from storage.database import Database
from storage.tables import studio_roles, studios


@dataclass(frozen=True, slots=True, kw_only=True)
class StudioRows:
    """The StudioStore."""

    database: Database
    opening: Opening  # of a server that decided nothing
    budget: Usd  # likewise, for a month

    async def studio(self, guild_id: int) -> Studio:
        return await self.database.read(lambda connection: self._studio(connection, guild_id))

    async def grant(self, guild_id: int, role_id: int) -> Studio:
        async def write(connection: AsyncConnection) -> Studio:
            await upserts.put(connection, studio_roles, guild_id=guild_id, role_id=role_id)
            return await self._studio(connection, guild_id)

        return await self.database.write(write)

    async def revoke(self, guild_id: int, role_id: int) -> Studio:
        async def write(connection: AsyncConnection) -> Studio:
            granted = (studio_roles.c.guild_id == guild_id, studio_roles.c.role_id == role_id)
            await connection.execute(delete(studio_roles).where(*granted))
            return await self._studio(connection, guild_id)

        return await self.database.write(write)

    async def open_to(self, guild_id: int, opening: Opening) -> Studio:
        return await self._decide(guild_id, opening=opening.value)

    async def set_budget(self, guild_id: int, budget: Usd) -> Studio:
        return await self._decide(guild_id, monthly_budget=budget.micros)

    async def _decide(self, guild_id: int, **rules: str | int) -> Studio:
        async def write(connection: AsyncConnection) -> Studio:
            await upserts.put(connection, studios, guild_id=guild_id, **rules)
            return await self._studio(connection, guild_id)

        return await self.database.write(write)

    async def _studio(self, connection: AsyncConnection, guild_id: int) -> Studio:
        opening = select(studios.c.opening).where(studios.c.guild_id == guild_id)
        decided = (await connection.execute(opening)).scalar_one_or_none()
        roles = select(studio_roles.c.role_id).where(studio_roles.c.guild_id == guild_id)
        return Studio(
            guild_id=guild_id,
            opening=self.opening if decided is None else Opening(decided),
            roles=frozenset((await connection.execute(roles)).scalars()),
            monthly_budget=await monthly_budget(connection, guild_id, self.budget),
        )


async def monthly_budget(connection: AsyncConnection, guild_id: int, default: Usd) -> Usd:
    decided = select(studios.c.monthly_budget).where(studios.c.guild_id == guild_id)
    micros = (await connection.execute(decided)).scalar_one_or_none()
    return default if micros is None else Usd(micros)
