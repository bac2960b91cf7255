"""Who is asking, as seen in one interaction."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.moderation.venues import Venue


class ChannelRights(Protocol):
    """What a member may do in the channels of their server. Both are False for an unknown channel."""

    def sees(self, channel_id: int, /) -> bool:
        """Whether they can read what is posted there."""
        ...

    def moderates(self, channel_id: int, /) -> bool:
        """Whether they have Manage Messages there."""
        ...

    def readable(self) -> frozenset[int]:
        """All channels that they can see."""
        ...


class NoChannels:
    """Nothing is known of any channel."""

    def sees(self, _: int, /) -> bool:
        return False

    def moderates(self, _: int, /) -> bool:
        return False

    def readable(self) -> frozenset[int]:
        return frozenset()


NO_CHANNELS = NoChannels()


@value_object
class Member:
    """A person on a server, as seen in one interaction."""

    id: int
    guild_id: int
    name: str
    roles: frozenset[int]  # without @everyone, which has the server's own id
    manages: bool  # Manage Server
    channels: ChannelRights = NO_CHANNELS
    here: frozenset[int] = frozenset()  # the channel they ask from, and those around it; none in direct messages
    venue: Venue = Venue.UNKNOWN  # where they ask from
    shown: frozenset[JobId] = frozenset()  # videos on the very message that they ask from
    server_roles: frozenset[int] | None = None  # all that their server has; None while Discord has not sent it

    @property
    def all_roles(self) -> frozenset[int]:
        """With @everyone, which may be in a tier and have a pool."""
        return self.roles | {self.guild_id}

    def deleted(self, roles: Collection[int]) -> frozenset[int]:
        """Those of `roles` that their server no longer has; none while that is not known."""
        return frozenset() if self.server_roles is None else frozenset(roles) - self.server_roles
