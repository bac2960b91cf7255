"""/settings open: shows all settings, or one page of them."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.jobs.use_cases.authorization import Authorization
from bot.ui.interactions.members import manager_of
from bot.ui.screens.settings.access import AccessPage
from bot.ui.screens.settings.budgets import BudgetsPage
from bot.ui.screens.settings.channels import ChannelsPage
from bot.ui.screens.settings.controls import HOME
from bot.ui.screens.settings.defaults import DefaultsPage
from bot.ui.screens.settings.history import ChangesHistoryPage
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.moderation import ModerationPage
from bot.ui.screens.settings.notifications import NotificationsPage
from bot.ui.screens.settings.pages import HubPage
from bot.ui.screens.settings.storage.page import StoragePage
from bot.ui.screens.settings.time_zone import TimeZonePage
from bot.ui.screens.settings.videos import VideosPage
from bot.ui.screens.showcase.settings import ShowcasePage
from bot.ui.screens.webhooks.page import WebhooksPage

# In the order of the menu. Discord registers the choices of a command before any page exists.
PAGES: tuple[type[HubPage], ...] = (
    AccessPage,
    BudgetsPage,
    ChannelsPage,
    DefaultsPage,
    NotificationsPage,
    ModerationPage,
    VideosPage,
    StoragePage,
    ShowcasePage,
    TimeZonePage,
    WebhooksPage,
    ChangesHistoryPage,
)


class OpenCommand(commands.Cog):
    """A part of /settings."""

    _authorization: Authorization
    _hub: SettingsHub

    @app_commands.command(description=locale_str("All settings of this server, page by page"))
    @app_commands.describe(page=locale_str("Page to open (default: an overview)"))
    @app_commands.choices(page=[Choice(name=locale_str(each.title.text), value=each.id) for each in PAGES])
    async def open(self, interaction: discord.Interaction[Any], page: str = HOME) -> None:
        member = await manager_of(interaction, self._authorization)
        await self._hub.show(interaction, member, page)
