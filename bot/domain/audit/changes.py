"""Changes of a server's settings: who, what, before, after and when. All words are data, for any reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.history import Direction
from bot.domain.messages import Message


@value_object
class SettingChange:
    """One changed setting. `what` completes "Sam changed …", as in "the month's budget".

    It never contains secrets, and text written by others only as Foreign.
    """

    guild_id: int
    by: int | None  # the member; None: Kinora itself, for example when a channel is gone
    what: Message
    before: Message | None = None  # None: there was none
    after: Message | None = None  # None: there is none any more

    @classmethod
    def of(cls, member: Member, what: Message, before: Message | None, after: Message | None) -> SettingChange:
        """By this member, on their server."""
        return cls(guild_id=member.guild_id, by=member.id, what=what, before=before, after=after)


@value_object
class NotedChange:
    id: int  # the later, the higher
    at: datetime
    change: SettingChange


@value_object
class ChangeCursor:
    """Continue from a change that is shown now; that one is not shown again."""

    direction: Direction
    at: int  # the id of that change


@value_object
class ChangesPage:
    """Some changes of a server, latest first, and whether there are more on either side."""

    changes: Sequence[NotedChange]
    newer: bool
    older: bool


class ChangeStore(Protocol):
    async def add(self, changes: Sequence[SettingChange], at: datetime) -> None:
        """All of them or none."""
        ...

    async def page(self, guild_id: int, most: int, cursor: ChangeCursor | None = None) -> ChangesPage:
        """At most so many, next to the cursor's; without a cursor, the latest. One that can't be read is left out."""
        ...
