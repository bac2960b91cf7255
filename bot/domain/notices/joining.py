"""The card with the first steps, for a server that Kinora has joined."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol


class FirstCardChannel(Protocol):
    """Posting and looking raise Undeliverable where nothing of ours is taken, and Unavailable without Discord."""

    def guilds(self) -> Collection[int]:
        """The servers that the bot is on, as far as this process is told of them."""
        ...

    def joined_at(self, guild_id: int) -> datetime | None:
        """When it let the bot in. None: Discord has not told of it yet."""
        ...

    async def post(self, guild_id: int, *, nonce: str) -> None:
        """In the first channel that takes it; nowhere where none does. The same nonce gives the same message."""
        ...

    async def is_posted(self, guild_id: int, since: datetime) -> bool:
        """Whether a card of ours is there, posted since then."""
        ...
