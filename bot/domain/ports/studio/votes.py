"""Votes for videos that were ordered to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId


class VoteStore(Protocol):
    """One vote of each member in each batch. Who may vote is for the caller to check."""

    async def vote(self, batch: JobId, member_id: int, job_id: JobId, at: datetime) -> bool:
        """For this one, in the place of any earlier vote. False where it was that already, and is taken back."""
        ...

    async def counted(self, batch: JobId) -> Mapping[JobId, int]:
        """By video; those without a vote are left out."""
        ...
