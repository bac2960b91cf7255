"""Which videos members marked with ★."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.studio.showcase import ShowcaseEntry


class FavouriteStore(Protocol):
    """A member's own: nobody else is shown them. Who may see a video is for the caller to check."""

    async def add(self, member_id: int, job_id: JobId, at: datetime, entry: ShowcaseEntry | None = None) -> None:
        """Repeated, it stays as it was at first.

        With the last ★ that `entry` asks for the video is noted for its server's showcase, in the same step. One that
        is there already is due to say how many it has now.
        """
        ...

    async def remove(self, member_id: int, job_id: JobId, at: datetime) -> None:
        """One that is none does not matter. In a showcase, the video is due likewise."""
        ...

    async def among(self, member_id: int, job_ids: Collection[JobId]) -> frozenset[JobId]:
        """Those of these videos that are favourites of the member."""
        ...
