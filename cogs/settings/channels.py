"""/settings notices and log: the channels for messages to managers."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.guild import ChannelUse
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import manager_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.settings.notifications import check_takes_messages, standing
from bot.ui.text.phrases.settings import rules as settings
from bot.ui.text.phrases.values import lines, small


class ChannelCommands(commands.Cog):
    """A part of /settings."""

    _authorization: Authorization
    _preferences: GuildPreferences

    @app_commands.command(description=locale_str("Channel where managers are told when something needs them"))
    @app_commands.describe(
        channel=locale_str("Channel for notices, ideally one that only managers can read"),
        off=locale_str("Turn notices off"),
    )
    async def notices(
        self,
        interaction: discord.Interaction[Any],
        *,
        channel: discord.TextChannel | None = None,
        off: bool = False,
    ) -> None:
        await self._choose(interaction, ChannelUse.NOTICES, channel, off=off)

    @app_commands.command(description=locale_str("Channel where managers see what was changed, refused and reported"))
    @app_commands.describe(
        channel=locale_str("Channel for the log, ideally one that only managers can read"),
        off=locale_str("Turn the log off"),
    )
    async def log(
        self,
        interaction: discord.Interaction[Any],
        *,
        channel: discord.TextChannel | None = None,
        off: bool = False,
    ) -> None:
        await self._choose(interaction, ChannelUse.LOG, channel, off=off)

    async def _choose(
        self,
        interaction: discord.Interaction[Any],
        kind: ChannelUse,
        channel: discord.TextChannel | None,
        *,
        off: bool,
    ) -> None:
        member = await manager_of(interaction, self._authorization)
        if channel is not None and off:
            raise BadRequest(settings.CHANNEL_OR_OFF)
        if channel is not None:
            check_takes_messages(channel)
        if channel is None and not off:
            now = (await self._preferences.of(member.guild_id)).channel(kind)
            said = settings.CHANNELS[kind].none if now is None else standing(interaction.guild, kind, now)
            await reply(interaction, view=Note(said))
            return
        chosen = None if channel is None else channel.id
        said = settings.channel_changed(kind, await self._preferences.set_channel(member, kind, chosen), chosen)
        await reply(interaction, view=Note(lines(said, small(settings.CHANNELS[kind].tells) if chosen else None)))
