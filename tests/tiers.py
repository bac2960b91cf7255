"""Tiers for tests, and what they allow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.domain.access.tiers import Tier, TierRights, Tiers
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.ports.records import Records
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.jobs.use_cases.tiers import TIERS, GuildTiers
from tests.builders import GUILD, a_catalogue
from tests.changes import some_changes
from tests.scripted import MemoryRecords, SteppingClock


def a_tier(name: str = "VIP", *roles: int, **rights: Any) -> Tier:
    """By default for the role that `a_member` has."""
    return Tier(id=f"{name.lower():0>8}", name=name, roles=frozenset(roles or {7}), rights=TierRights(**rights))


@dataclass(frozen=True, kw_only=True)
class ScriptedGuilds:
    """Server settings that never change."""

    opening: AccessPolicy = AccessPolicy.GRANTED
    roles: frozenset[int] = frozenset({7})
    time_zone: str | None = None

    async def guild_settings(self, guild_id: int) -> GuildSettings:
        return GuildSettings(
            guild_id=guild_id,
            opening=self.opening,
            roles=self.roles,
            monthly_budget=Usd.of(25),
            time_zone=self.time_zone,
        )


async def an_authorization(
    *tiers: Tier, guilds: Any = None, catalogue: Catalogue | None = None, records: MemoryRecords | None = None
) -> Authorization:
    """On a server with these tiers. Without any, by default, members with the role of `a_member` may make videos."""
    kept = records or MemoryRecords()
    await write(kept, tiers)
    settings: Any = guilds or ScriptedGuilds()
    return Authorization(
        guilds=settings,
        tiers=GuildTiers(records=kept, changes=some_changes()),
        catalogue=catalogue or a_catalogue(),
        blocks=MemberBlocks(records=kept, clock=SteppingClock()),
        venues=VenueRules(preferences=GuildPreferences(records=kept, changes=some_changes())),
    )


def a_confirmation(records: Records, authorization: Authorization) -> PriceConfirmation:
    """The host asks for confirmation from one dollar on."""
    return PriceConfirmation(
        host=Usd.of(1),
        preferences=GuildPreferences(records=records, changes=some_changes()),
        own_preferences=OwnPreferences(records=records),
        authorization=authorization,
    )


async def write(records: Records, tiers: Iterable[Tier]) -> None:
    await records.write(TIERS, str(GUILD), Tiers(order=tuple(tiers)))
