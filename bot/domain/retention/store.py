"""Which videos are kept, as far as room and time go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.job import Job
from bot.domain.retention.rounds import KeptSum, RemovalRound


class KeptVideos(Protocol):
    async def total(self) -> KeptSum:
        """Of all servers."""
        ...

    async def of_guild(self, guild_id: int) -> KeptSum: ...

    async def guilds(self) -> Sequence[int]:
        """Servers that have any."""
        ...

    async def join(self, guild_id: int, planned: RemovalRound, most: int) -> int:
        """Note of at most so many that the round removes them; how many that were. Only those are warned of.

        Not what was never posted, what an order that has not ended starts from, what is in a contest that goes on, what
        was reported and waits for managers, nor, if it is to stay, what is marked. Nothing once a round of the server
        is stored: another process has planned it meanwhile.
        """
        ...

    async def expiring(self, guild_id: int, planned: RemovalRound) -> KeptSum:
        """What a round would remove now: what joined it, and could do so still."""
        ...

    async def expire(self, guild_id: int, due: RemovalRound, at: datetime, most: int) -> Sequence[Job]:
        """Note of at most so many that their files are removed now: those jobs, as they were. Each is given once."""
        ...

    async def measure(self, most: int) -> int:
        """Note how large at most so many videos are that an older version kept; how many that were."""
        ...
