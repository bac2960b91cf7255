"""Collections: named sets of videos, of one member or of a server. One exists as long as it has a video."""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.texts.names import key_of

THE_SERVERS = 0  # in the place of a member
LONGEST_NAME = 50  # characters
MOST_COLLECTIONS = 50  # of one member on a server, and of a server


@value_object
class VideoCollection:
    """`member_id` is THE_SERVERS for one of the whole server."""

    guild_id: int
    member_id: int
    name: str

    @property
    def key(self) -> str:
        """What two spellings of a name have in common."""
        return key_of(self.name)

    @property
    def is_servers(self) -> bool:
        return self.member_id == THE_SERVERS


class CollectionStore(Protocol):
    """The caller checks who may see or change what."""

    async def put(self, collection: VideoCollection, job_ids: Several[JobId], at: datetime) -> None:
        """An existing one with that name, in any case, gets them; its contents stay."""
        ...

    async def take_out(self, collection: VideoCollection, job_ids: Several[JobId]) -> int:
        """How many of them were in it."""
        ...

    async def listed(self, guild_id: int, member_id: int) -> Sequence[VideoCollection]:
        """A member's own and the server's, by name."""
        ...
