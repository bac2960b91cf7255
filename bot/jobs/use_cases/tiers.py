"""A server's tiers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.access.tiers import NO_TIERS, Tiers
from bot.domain.ports.records import Record, Records

TIERS = Record("tiers", Tiers)  # by the server's id


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildTiers:
    records: Records

    async def of(self, guild_id: int) -> Tiers:
        """None of them where a server made none."""
        return await self.records.read(TIERS, str(guild_id)) or NO_TIERS
