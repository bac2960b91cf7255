"""A server's own rules: who may make videos there, and for how much a month."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.access import Member, check_may_make
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.messages import msg
from bot.domain.money.usd import Usd
from bot.domain.ports.guilds import GuildStore


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildRules:
    """Asked by everybody; changed by members with Manage Server."""

    guilds: GuildStore

    async def check_access(self, member: Member) -> None:
        """Raises NotAllowed unless the member may make videos on this server."""
        check_may_make(member, await self.guilds.guild_settings(member.guild_id))

    async def set_access(
        self, member: Member, *, opening: AccessPolicy | None, grant: int | None, revoke: int | None
    ) -> GuildSettings:
        """Change who may make videos here; `grant` and `revoke` are ids of roles. Raises NotAllowed."""
        _check_manages(member)
        guild_settings = await self.guilds.guild_settings(member.guild_id)
        if opening is not None:
            guild_settings = await self.guilds.open_to(member.guild_id, opening)
        if grant is not None:
            guild_settings = await self.guilds.grant(member.guild_id, grant)
        if revoke is not None:
            guild_settings = await self.guilds.revoke(member.guild_id, revoke)
        return guild_settings

    async def set_budget(self, member: Member, budget: Usd) -> GuildSettings:
        """Raises NotAllowed and BadRequest."""
        _check_manages(member)
        if budget.micros < 0:
            raise BadRequest(msg("A budget cannot be negative."))
        return await self.guilds.set_budget(member.guild_id, budget)


def _check_manages(member: Member) -> None:
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can change that."))
