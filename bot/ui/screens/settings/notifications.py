"""Notifications: the channels in which managers are told what needs their attention, and what happened."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

import discord
from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.errors import NOTHING_CHANGED, BadRequest
from bot.domain.guild import ChannelUse
from bot.domain.messages import Message, joined
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.interactions.members import NEEDED
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, SettingsChannelSelect
from bot.ui.screens.settings.pages import PageContent, Visit, is_deleted
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.settings import rules
from bot.ui.text.phrases.values import dotted, lines, small

TO_POST = ("view_channel", "send_messages")
TOLD = (ChannelUse.NOTICES, ChannelUse.LOG)
CHOOSE = {ChannelUse.NOTICES: phrases.CHOOSE_NOTICES, ChannelUse.LOG: phrases.CHOOSE_LOG}
OFF = {
    ChannelUse.NOTICES: (SettingsAct.NO_NOTICES, phrases.NOTICES_OFF),
    ChannelUse.LOG: (SettingsAct.NO_LOG, phrases.LOG_OFF),
}


@wired
class NotificationsPage:
    preferences: GuildPreferences

    id: ClassVar[str] = "notifications"
    title: ClassVar[Message] = phrases.NOTIFICATIONS
    about: ClassVar[Message] = phrases.NOTIFICATIONS_ARE

    async def summary(self, visit: Visit) -> Message:
        options = await self.preferences.of(visit.member.guild_id)
        return dotted(*(rules.channel_in_short(kind, options.channel(kind)) for kind in TOLD))

    async def content(self, visit: Visit) -> PageContent:
        options = await self.preferences.of(visit.member.guild_id)
        rows: list[ActionRow[Any]] = [
            ActionRow(SettingsChannelSelect(kind, visit.still(options.channel(kind)), CHOOSE[kind])) for kind in TOLD
        ]
        off = [SettingsButton(self.id, *OFF[kind]) for kind in TOLD if options.channel(kind) is not None]
        if off:
            rows.append(ActionRow(*off))
        said = [standing(visit.guild, kind, options.channel(kind)) for kind in TOLD]
        return PageContent(parts=[phrases.heading(self.title), *said], rows=rows)


def standing(guild: discord.Guild | None, kind: ChannelUse, channel_id: int | None) -> Message:
    """Where it goes now, and whether it arrives there."""
    trouble = None if channel_id is None else trouble_in(guild, channel_id)
    return lines(rules.channel_is(kind, channel_id), trouble, small(rules.CHANNELS[kind].tells))


def trouble_in(guild: discord.Guild | None, channel_id: int, needed: Collection[str] = TO_POST) -> Message | None:
    """Why our messages do not arrive there; None if they do, or if Discord has not sent the server."""
    if is_deleted(guild, channel_id):
        return rules.CHANNEL_DELETED
    place = None if guild is None else guild.get_channel(channel_id)
    missing = [] if place is None else lacking_in(place, needed)
    return rules.lacking_there(missing) if missing else None


def check_takes_messages(channel: Any, needed: Collection[str] = TO_POST) -> None:
    """Raise BadRequest if our messages would not arrive there."""
    if missing := lacking_in(channel, needed):
        raise BadRequest(joined(rules.lacking_there(missing), NOTHING_CHANGED))


def lacking_in(channel: Any, needed: Collection[str] = TO_POST) -> list[str]:
    """Permissions that the bot needs there and lacks, by Discord's names."""
    has = channel.permissions_for(channel.guild.me)
    return [NEEDED[name] for name in needed if not getattr(has, name)]
