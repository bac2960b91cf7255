"""What a page of /settings is: a row of the hub's table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar, Protocol, Self

import discord
from discord.ui import ActionRow

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.messages import Message


@value_object
class Visit:
    """A manager who looks at the settings of their server. `guild` is None while Discord has not told us of it."""

    member: Member
    guild: discord.Guild | None

    @classmethod
    def of(cls, interaction: discord.Interaction[Any], member: Member) -> Self:
        return cls(member=member, guild=interaction.guild)

    def deleted(self, roles: Collection[int]) -> frozenset[int]:
        """Those that the server no longer has; none while that is not known."""
        return known_deleted(self.guild, roles)


def known_deleted(guild: discord.Guild | None, roles: Collection[int]) -> frozenset[int]:
    """Roles that the server no longer has; none while Discord has not told of it."""
    if guild is None or guild.unavailable:
        return frozenset()
    return frozenset(roles) - {role.id for role in guild.roles}


@value_object
class PageList:
    """A title and as many rows below it as fit."""

    title: Message
    rows: Sequence[Message]
    empty: Message | None = None


@value_object
class PageContent:
    """What is set now, and what changes it: at most six rows, as a message takes 40 components."""

    parts: Sequence[Message | PageList]
    rows: Sequence[ActionRow[Any]] = ()


class HubPage(Protocol):
    id: ClassVar[str]  # lower-case letters and dashes; it stands in ids of buttons, and never changes
    title: ClassVar[Message]
    about: ClassVar[Message]  # in the menu, at most 100 characters

    async def summary(self, visit: Visit) -> Message:
        """What is set now, in a few words."""
        ...

    async def content(self, visit: Visit) -> PageContent: ...
