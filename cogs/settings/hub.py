"""/settings open: its menu, and paging through what was changed."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.ui.interactions.members import manager_of
from bot.ui.interactions.responses import update
from bot.ui.interactions.selects import chosen
from bot.ui.screens.settings.controls import ChangesButton, OpenSettingsButton, SettingsPageSelect
from bot.ui.screens.settings.history import ChangesHistoryPage
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.pages import Visit


class SettingsHubCog(commands.Cog):
    """Each press is authorized again: its member may no longer be a manager."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        hub: SettingsHub,
        history: ChangesHistoryPage,
    ) -> None:
        self._authorization = authorization
        self._hub = hub
        self._history = history
        registry.add_button(SettingsPageSelect, self.page_chosen)
        registry.add_button(OpenSettingsButton, self.opened)
        registry.add_button(ChangesButton, self.leafed)

    async def page_chosen(self, interaction: discord.Interaction[Any], _: SettingsPageSelect) -> None:
        await self._hub.show(interaction, await manager_of(interaction, self._authorization), chosen(interaction))

    async def opened(self, interaction: discord.Interaction[Any], button: OpenSettingsButton) -> None:
        await self._hub.show(interaction, await manager_of(interaction, self._authorization), button.page)

    async def leafed(self, interaction: discord.Interaction[Any], button: ChangesButton) -> None:
        visit = Visit.of(interaction, await manager_of(interaction, self._authorization))
        content = await self._history.turned(visit, button.cursor)
        await update(interaction, self._hub.framed(content, self._history.id))
