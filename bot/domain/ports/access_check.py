"""Whether a waiting order may still be made."""

from __future__ import annotations

from typing import Protocol

from bot.domain.access.limits import OrderLimits
from bot.domain.job import Job


class AccessCheck(Protocol):
    async def limits(self, job: Job) -> OrderLimits:
        """The limits within which it may still be made.

        Raises NotAllowed if its owner or the bot has left, or the right is gone. No limits if Discord can't be asked
        now: the right was checked when it was ordered.
        """
        ...
