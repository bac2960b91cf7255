"""Whether a waiting order may still be made."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import Job
from bot.domain.messages import Message


class AccessCheck(Protocol):
    async def refusal(self, job: Job) -> Message | None:
        """Why it may not be made any more: its owner or the bot has left, or the right is gone.

        None when it may, and when Discord cannot be asked now: the right was checked when it was ordered.
        """
        ...
