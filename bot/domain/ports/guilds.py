"""Where a server's own settings are stored."""

from __future__ import annotations

from typing import Protocol

from bot.domain.guild import AccessPolicy, ChannelUse, GuildSettings
from bot.domain.job import Job
from bot.domain.money.usd import Usd


class CardPreference(Protocol):
    async def keep_card_of(self, job: Job) -> bool:
        """Whether the card of a video stays once it is shown."""
        ...


class ResultsPreference(Protocol):
    async def results_channel(self, guild_id: int) -> int | None:
        """Where a server wants its videos; None: where they were ordered."""
        ...

    async def forget_channel(self, guild_id: int, use: ChannelUse, channel_id: int) -> None:
        """It is gone."""
        ...


class GuildStore(Protocol):
    async def guild_settings(self, guild_id: int) -> GuildSettings:
        """A server's rules; the defaults where it has none of its own."""
        ...

    async def grant(self, guild_id: int, role_id: int) -> GuildSettings: ...

    async def revoke(self, guild_id: int, role_id: int) -> GuildSettings: ...

    async def open_to(self, guild_id: int, opening: AccessPolicy) -> GuildSettings: ...

    async def set_budget(self, guild_id: int, budget: Usd) -> GuildSettings:
        """From now on, this month included."""
        ...

    async def set_time_zone(self, guild_id: int, zone: str) -> GuildSettings:
        """By its name. An order stays in the day and month it was placed in."""
        ...
