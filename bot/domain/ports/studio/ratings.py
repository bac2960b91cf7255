"""Which videos members like, and which they do not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.studio.ratings import VideoRating


class RatingStore(Protocol):
    """One rating of each member for each video. Who may rate is for the caller to check."""

    async def rate(self, member_id: int, job_id: JobId, at: datetime, *, likes: bool) -> bool:
        """In the place of an earlier one. False where it was that already, and is taken back."""
        ...

    async def of(self, member_id: int, job_id: JobId) -> bool | None:
        """Whether the member likes it; None where they have not said."""
        ...

    async def counted(self, job_ids: Collection[JobId]) -> Mapping[JobId, VideoRating]:
        """Those without any are left out."""
        ...
