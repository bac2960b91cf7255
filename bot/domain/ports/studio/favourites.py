"""Which videos members marked with ★."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId


class FavouriteStore(Protocol):
    """A member's own: nobody else is shown them. Who may see a video is for the caller to check."""

    async def add(self, member_id: int, job_id: JobId, at: datetime) -> None:
        """Repeated, it stays as it was at first."""
        ...

    async def remove(self, member_id: int, job_id: JobId) -> None:
        """One that is none does not matter."""
        ...

    async def among(self, member_id: int, job_ids: Collection[JobId]) -> frozenset[JobId]:
        """Those of these videos that are favourites of the member."""
        ...
