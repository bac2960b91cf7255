"""Which videos are kept, in terms of space and time."""

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
        """Record for at most so many that the round removes them. Returns how many. Only those are warned about.

        Excluded are videos that were never posted, that an unfinished order starts from, that are in a running contest,
        or that were reported and wait for managers, and, if they are to stay, marked ones. Nothing once a round of the
        server is stored: another process has planned it meanwhile.
        """
        ...

    async def expiring(self, guild_id: int, planned: RemovalRound) -> KeptSum:
        """What a round would remove now: what joined it, and could still do so."""
        ...

    async def expire(self, guild_id: int, due: RemovalRound, at: datetime, most: int) -> Sequence[Job]:
        """Record for at most so many that their files are removed now.

        Returns those jobs, as they were. Each is returned once.
        """
        ...

    async def measure(self, most: int) -> int:
        """Record the size of at most so many videos stored by an older version. Returns how many."""
        ...
