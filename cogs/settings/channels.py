"""/settings notices and log: the channels in which managers are told something."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import NOTHING_CHANGED, BadRequest
from bot.domain.guild import ChannelUse, GuildOptions
from bot.domain.messages import joined
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.settings.notifications import lacking_in, trouble_in
from bot.ui.text.phrases.settings import rules as settings
from bot.ui.text.phrases.values import lines, small


class ChannelCommands(commands.Cog):
    """A part of /settings."""

    _preferences: GuildPreferences

    @app_commands.command(description=locale_str("Channel where managers are told when something needs them"))
    @app_commands.describe(
        channel=locale_str("Channel for notices, ideally one that only managers can read"),
        off=locale_str("Turn notices off"),
    )
    async def notices(
        self,
        interaction: discord.Interaction[Any],
        channel: discord.TextChannel | None = None,
        off: bool = False,  # noqa: FBT001, FBT002 (a slash command's option)
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
        channel: discord.TextChannel | None = None,
        off: bool = False,  # noqa: FBT001, FBT002 (a slash command's option)
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
        member = await member_of(interaction)
        if channel is not None and off:
            raise BadRequest(settings.CHANNEL_OR_OFF)
        if channel is not None and (missing := lacking_in(channel)):
            raise BadRequest(joined(settings.lacking_there(missing), NOTHING_CHANGED))
        if channel is None and not off:
            await self._show_channel(interaction, kind, (await self._preferences.of(member.guild_id)).channel(kind))
            return
        chosen = None if channel is None else channel.id
        changed = await self._preferences.change(member, lambda known: known.with_channel(kind, chosen))
        before = (changed.before or GuildOptions()).channel(kind)
        said = settings.channel_changed(kind, before, chosen)
        await reply(interaction, view=Note(lines(said, small(settings.CHANNELS[kind].tells) if chosen else None)))

    async def _show_channel(
        self, interaction: discord.Interaction[Any], kind: ChannelUse, channel_id: int | None
    ) -> None:
        """Where they go now, and whether they get there."""
        if channel_id is None:
            await reply(interaction, view=Note(settings.CHANNELS[kind].none))
            return
        trouble = trouble_in(interaction.guild, channel_id)
        await reply(
            interaction,
            view=Note(lines(settings.channel_is(kind, channel_id), trouble, small(settings.CHANNELS[kind].tells))),
        )
