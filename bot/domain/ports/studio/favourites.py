"""Which videos members marked with ★."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.studio.showcase import ShowcaseEntry


class FavouriteStore(Protocol):
    """A member's own: nobody else is shown them. The caller checks who may see a video."""

    async def add(self, member_id: int, job_id: JobId, at: datetime, entry: ShowcaseEntry | None = None) -> None:
        """Repeating it changes nothing.

        With the last ★ that `entry` requires, the video is recorded for its server's showcase in the same step. One
        that is there already becomes due to update its count.
        """
        ...

    async def remove(self, member_id: int, job_id: JobId, at: datetime) -> None:
        """Removing one that isn't marked does no harm. If the video is in a showcase, it becomes due likewise."""
        ...

    async def among(self, member_id: int, job_ids: Collection[JobId]) -> frozenset[JobId]:
        """Those of these videos that are favourites of the member."""
        ...
