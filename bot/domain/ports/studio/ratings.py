"""Which videos members like, and which they do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.studio.ratings import VideoRating


class RatingStore(Protocol):
    """One rating per member and video. The caller checks who may rate."""

    async def rate(self, member_id: int, job_id: JobId, at: datetime, *, likes: bool) -> bool:
        """Replaces an earlier one. False if it was the same, and is taken back."""
        ...

    async def of(self, member_id: int, job_id: JobId) -> bool | None:
        """Whether the member likes it; None if they have not rated it."""
        ...

    async def counted(self, job_ids: Collection[JobId]) -> Mapping[JobId, VideoRating]:
        """Those without any are left out."""
        ...
