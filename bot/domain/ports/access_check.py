"""Whether a member may still make videos."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import Job


class AccessCheck(Protocol):
    async def may_still_make(self, job: Job) -> bool:
        """Whether the owner is still on the server and still has the right; True when Discord cannot be asked."""
        ...
