"""Votes for videos that were ordered to be compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId


class VoteStore(Protocol):
    """One vote per member and batch. The caller checks who may vote."""

    async def vote(self, batch: JobId, member_id: int, job_id: JobId, at: datetime) -> bool:
        """Vote for this one, replacing any earlier vote. False if it was the same, and is taken back."""
        ...

    async def counted(self, batch: JobId) -> Mapping[JobId, int]:
        """By video; those without a vote are left out."""
        ...
