"""Channels: where videos can be made, and where they are posted."""

from __future__ import annotations

from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.guild import ChannelUse
from bot.domain.messages import Message
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.screens.settings.controls import (
    AllowedChannelsSelect,
    SettingsAct,
    SettingsButton,
    SettingsChannelSelect,
)
from bot.ui.screens.settings.notifications import trouble_in
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.settings import rules
from bot.ui.text.phrases.values import dotted, lines, small


@wired
class ChannelsPage:
    preferences: GuildPreferences

    id: ClassVar[str] = "channels"
    title: ClassVar[Message] = phrases.CHANNELS
    about: ClassVar[Message] = phrases.CHANNELS_ARE

    async def summary(self, visit: Visit) -> Message:
        options = await self.preferences.of(visit.member.guild_id)
        return dotted(phrases.allowed_in_short(options.allowed_channels), phrases.results_in_short(options))

    async def content(self, visit: Visit) -> PageContent:
        options = await self.preferences.of(visit.member.guild_id)
        allowed, results = options.allowed_channels, options.results_channel
        there = [each for each in allowed if visit.still(each)]
        said = lines(
            phrases.heading(self.title),
            phrases.allowed(allowed),
            rules.deleted_among(len(allowed) - len(there)),
            small(phrases.MANAGERS_ANYWHERE) if allowed else None,
            phrases.results(results),
            None if results is None else trouble_in(visit.guild, results),
            small(phrases.RESULTS_HINT),
        )
        buttons = [
            *([SettingsButton(self.id, SettingsAct.ANYWHERE, phrases.ALLOW_ANYWHERE)] if allowed else []),
            *([SettingsButton(self.id, SettingsAct.NO_RESULTS, phrases.POST_WHERE_ORDERED)] if results else []),
        ]
        rows: list[ActionRow[Any]] = [
            ActionRow(AllowedChannelsSelect(there)),
            ActionRow(SettingsChannelSelect(ChannelUse.RESULTS, visit.still(results), phrases.CHOOSE_RESULTS)),
            *([ActionRow[Any](*buttons)] if buttons else []),
        ]
        return PageContent(parts=[said], rows=rows)
