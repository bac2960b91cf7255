"""What a member may do in each channel of a server, computed from the roles and overwrites that Discord sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import discord

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.texts.discord_ids import ids_in
from bot.ui.text.phrases import errors

NOTHING = discord.Permissions.none()


@value_object
class CachedChannelRights:
    """The ChannelRights of one member.

    `here` is the channel they ask from, with their rights there as Discord itself gave them: they see that channel,
    whether we do or not. None in direct messages.
    """

    guild: discord.Guild | None
    member: discord.Member
    here: tuple[int, discord.Permissions] | None = None

    def sees(self, channel_id: int) -> bool:
        if self.here is not None and self.here[0] == channel_id:
            return True
        held = self._held(channel_id)
        return held.view_channel and held.read_message_history

    def moderates(self, channel_id: int) -> bool:
        held = self._held(channel_id)
        return held.manage_messages or held.administrator

    def readable(self) -> frozenset[int]:
        known = [] if self.guild is None else [*self.guild.channels, *self.guild.threads]
        here = frozenset() if self.here is None else frozenset({self.here[0]})
        return here | {channel.id for channel in known if self.sees(channel.id)}

    def _held(self, channel_id: int) -> discord.Permissions:
        """Nothing in an unknown channel, such as a deleted one or an archived thread."""
        if self.here is not None and self.here[0] == channel_id:
            return self.here[1]
        channel = None if self.guild is None else self.guild.get_channel_or_thread(channel_id)
        if isinstance(channel, discord.Thread):
            return self._in_thread(channel)
        return NOTHING if channel is None else channel.permissions_for(self.member)

    def _in_thread(self, thread: discord.Thread) -> discord.Permissions:
        """As in the channel around it.

        Discord does not say who is in a private thread, so only its moderators count.
        """
        if thread.parent is None:
            return NOTHING
        held = thread.permissions_for(self.member)
        return NOTHING if thread.is_private() and not held.manage_threads else held


def all_read_both(guild: discord.Guild, channel_id: int, other_id: int) -> bool:
    """Whether every role that can read the one channel can also read the other. False for unknown channels."""
    channel, other = guild.get_channel_or_thread(channel_id), guild.get_channel_or_thread(other_id)
    if guild.unavailable or not _has_readers(channel) or not _has_readers(other):
        return False
    people = [role for role in guild.roles if not role.is_bot_managed()]
    return all(_reads(other, role) for role in people if _reads(channel, role))


def _has_readers(channel: Any) -> bool:
    """Discord does not say who is in a private thread."""
    is_hidden = isinstance(channel, discord.Thread) and (channel.parent is None or channel.is_private())
    return channel is not None and not is_hidden


def _reads(channel: Any, role: discord.Role) -> bool:
    held = channel.permissions_for(role)
    return bool(held.view_channel and held.read_message_history)


def check_are_here(interaction: discord.Interaction[Any], channel_ids: Iterable[int]) -> None:
    """Raise BadRequest for a channel of another server: whoever manages this one may have changed an id on its way."""
    named_by_discord = frozenset(_named_in(interaction))
    for channel_id in channel_ids:
        guild = interaction.guild
        if channel_id not in named_by_discord and (guild is None or guild.get_channel_or_thread(channel_id) is None):
            raise BadRequest(errors.OTHER_FORM)


def _named_in(interaction: discord.Interaction[Any]) -> Iterator[int]:
    """The channel that was asked from, and those that were chosen. Known even if Discord has not sent the server."""
    if interaction.channel_id is not None:
        yield interaction.channel_id
    resolved = dict(interaction.data or {}).get("resolved")
    channels = resolved.get("channels") if isinstance(resolved, dict) else None
    yield from ids_in(channels if isinstance(channels, dict) else ())


def roles_of_server(guild: discord.Guild | None) -> frozenset[int] | None:
    """The ids of all its roles, with @everyone. None if Discord has not sent the server."""
    if guild is None or guild.unavailable or is_foreign(guild):
        return None
    return frozenset(role.id for role in guild.roles)


def is_foreign(guild: discord.Guild) -> bool:
    """Whether a server has our commands without the bot being a member: then Discord sends us nothing about it.

    Every server that we are on has roles, if only @everyone, and until it was sent it is unavailable.
    """
    return not guild.unavailable and not guild.roles
