"""The language of a server, chosen on its page of /settings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord.ext import commands

from bot.domain.texts.languages import LANGUAGES
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.members import manager_of
from bot.ui.interactions.selects import chosen_among
from bot.ui.screens.settings.controls import LanguageSelect
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.time_zone import AS_DISCORD, TimeZonePage


class LanguageCog(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        hub: SettingsHub,
        preferences: GuildPreferences,
        languages: ServerLanguages,
    ) -> None:
        self._authorization = authorization
        self._hub = hub
        self._preferences = preferences
        self._languages = languages
        registry.add_button(LanguageSelect, self.language_chosen)

    async def language_chosen(self, interaction: discord.Interaction[Any], _: LanguageSelect) -> None:
        member = await manager_of(interaction, self._authorization)
        picked = chosen_among(interaction, (AS_DISCORD, *LANGUAGES))
        language = None if picked == AS_DISCORD else picked
        await self._preferences.change(member, lambda known: replace(known, language=language))
        self._languages.forget(member.guild_id)
        await self._hub.show(interaction, member, TimeZonePage.id)
