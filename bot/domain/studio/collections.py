"""Collections: videos under a name, of one member or of a server. One is there as long as it has a video."""

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
        """What two spellings of a name share."""
        return key_of(self.name)

    @property
    def is_servers(self) -> bool:
        return self.member_id == THE_SERVERS


class CollectionStore(Protocol):
    """Who may see or change what is for the caller to check."""

    async def put(self, collection: VideoCollection, job_ids: Several[JobId], at: datetime) -> None:
        """One that has the name already, in whatever case, gets them; what is in it stays."""
        ...

    async def take_out(self, collection: VideoCollection, job_ids: Several[JobId]) -> int:
        """How many of them were in it."""
        ...

    async def listed(self, guild_id: int, member_id: int) -> Sequence[VideoCollection]:
        """A member's own and the server's, by their names."""
        ...
