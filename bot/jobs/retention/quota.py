"""How much of the host's quota is used."""

from __future__ import annotations

import time
from collections.abc import Callable

from bot.domain.retention.quota import QuotaUse
from bot.domain.retention.store import KeptVideos

LOOK_AGAIN = 15.0  # seconds for which a total over all videos is cached


class MeasuredQuota:
    """The StorageQuota of one process.

    `quota`: total bytes that all kept videos may have; None: no limit. What was ordered before the quota was full is
    kept all the same, so videos in progress may exceed it.
    """

    def __init__(
        self, videos: KeptVideos, quota: int | None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._videos = videos
        self._quota = quota
        self._monotonic = monotonic
        self._seen: tuple[float, int] | None = None  # when it was measured, and the total

    async def use(self) -> QuotaUse | None:
        if self._quota is None:
            return None
        now = self._monotonic()
        if self._seen is None or now - self._seen[0] > LOOK_AGAIN:
            self._seen = now, (await self._videos.total()).bytes
        return QuotaUse(used=self._seen[1], quota=self._quota)
