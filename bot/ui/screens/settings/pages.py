"""What a page of /settings consists of: a row of the hub's table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Protocol, Self, TypeGuard

import discord
from discord.ui import ActionRow

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.messages import Message
from bot.ui.interactions.channel_rights import is_foreign, roles_of_server


@value_object
class Visit:
    """A manager who looks at their server's settings. `guild` is None if Discord has not sent it."""

    member: Member
    guild: discord.Guild | None

    @classmethod
    def of(cls, interaction: discord.Interaction[Any], member: Member) -> Self:
        return cls(member=member, guild=interaction.guild)

    def deleted(self, roles: Collection[int]) -> frozenset[int]:
        """Roles that the server no longer has; none if that is not known."""
        return known_deleted(self.guild, roles)

    def still(self, channel_id: int | None) -> int | None:
        """A channel, unless it was deleted: then a menu cannot show it as chosen."""
        return None if channel_id is None or is_deleted(self.guild, channel_id) else channel_id


def known_deleted(guild: discord.Guild | None, roles: Collection[int]) -> frozenset[int]:
    """Roles that the server no longer has; none if Discord has not sent the server."""
    there = roles_of_server(guild)
    return frozenset() if there is None else frozenset(roles) - there


def is_deleted(guild: discord.Guild | None, channel_id: int) -> bool:
    """Whether the server no longer has a channel; False if Discord has not sent the server."""
    return _is_known(guild) and guild.get_channel(channel_id) is None


def _is_known(guild: discord.Guild | None) -> TypeGuard[discord.Guild]:
    return guild is not None and not guild.unavailable and not is_foreign(guild)


@value_object
class PageList:
    """A title and as many rows below it as fit."""

    title: Message
    rows: Sequence[Message]
    empty: Message | None = None


@value_object
class PageContent:
    """The current settings, and the controls to change them: at most six rows, as a message may have 40 components."""

    parts: Sequence[Message | PageList]
    rows: Sequence[ActionRow[Any]] = ()


class HubPage(Protocol):
    id: ClassVar[str]  # lower-case letters and dashes; part of the ids of buttons, so it never changes
    title: ClassVar[Message]
    about: ClassVar[Message]  # in the menu, at most 100 characters

    async def summary(self, visit: Visit) -> Message:
        """The current settings in a few words."""
        ...

    async def content(self, visit: Visit) -> PageContent: ...
