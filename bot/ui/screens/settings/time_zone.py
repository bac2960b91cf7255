"""The time zone, in which a server's days and months begin, and the language of what everybody sees."""

from __future__ import annotations

from typing import ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.texts.languages import LANGUAGES
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.screens.settings.controls import LanguageSelect, SettingsForm, SettingsFormButton, ZoneSelect
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases import budgets
from bot.ui.text.phrases.settings import hub as phrases

# One for each hour in which many people live; the form takes all others.
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
AS_DISCORD = "discord"  # instead of a language
LANGUAGE_CHOICES = [
    (AS_DISCORD, phrases.AS_DISCORD_HAS_IT),
    *((each, phrases.language_name(each)) for each in LANGUAGES),
]


@wired
class TimeZonePage:
    guilds: GuildStore
    preferences: GuildPreferences
    clock: Clock

    id: ClassVar[str] = "time-zone"
    title: ClassVar[Message] = phrases.ZONE
    about: ClassVar[Message] = phrases.ZONE_IS

    async def summary(self, visit: Visit) -> Message:
        guild_id = visit.member.guild_id
        language = (await self.preferences.of(guild_id)).language
        return phrases.zone_summary(await self.guilds.guild_settings(guild_id), language)

    async def content(self, visit: Visit) -> PageContent:
        rules = await self.guilds.guild_settings(visit.member.guild_id)
        language = (await self.preferences.of(visit.member.guild_id)).language
        now = rules.time_zone or "UTC"
        zones = ZONES if now in ZONES else (now, *ZONES)
        return PageContent(
            parts=[budgets.time_zone(rules, self.clock.now()), phrases.language(language)],
            rows=[
                ActionRow(ZoneSelect(zones, now)),
                ActionRow(LanguageSelect(LANGUAGE_CHOICES, language or AS_DISCORD)),
                ActionRow(SettingsFormButton(SettingsForm.ZONE, phrases.OTHER_ZONE)),
            ],
        )
