"""Time zone: when a server's days and months begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from discord.ui import ActionRow

from bot.domain.messages import Message
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.ui.screens.settings.controls import SettingsForm, SettingsFormButton, ZoneSelect
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases import budgets
from bot.ui.text.phrases.settings import hub as phrases

# One for each hour in which many people live; the form takes every other.
ZONES = (
    "Pacific/Honolulu",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/Mexico_City",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "UTC",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin",
    "Europe/Paris",
    "Africa/Cairo",
    "Europe/Istanbul",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZonePage:
    guilds: GuildStore
    clock: Clock

    id: ClassVar[str] = "time-zone"
    title: ClassVar[Message] = phrases.ZONE
    about: ClassVar[Message] = phrases.ZONE_IS

    async def summary(self, visit: Visit) -> Message:
        return phrases.zone_summary(await self.guilds.guild_settings(visit.member.guild_id))

    async def content(self, visit: Visit) -> PageContent:
        rules = await self.guilds.guild_settings(visit.member.guild_id)
        now = rules.time_zone or "UTC"
        zones = ZONES if now in ZONES else (now, *ZONES)
        return PageContent(
            parts=[budgets.time_zone(rules, self.clock.now())],
            rows=[
                ActionRow(ZoneSelect(zones, now)),
                ActionRow(SettingsFormButton(SettingsForm.ZONE, phrases.OTHER_ZONE)),
            ],
        )
