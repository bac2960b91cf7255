"""Copies of finished videos that fit in a message. The original is never touched."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.data_classes import wired
from bot.domain.errors import SpoiltVideo, Unavailable
from bot.domain.media import MediaProcessor
from bot.domain.messages import Foreign, msg
from bot.domain.ports.files import FileStore
from bot.domain.video import StoredVideo

log = logging.getLogger(__name__)


@wired
class Previews:
    """Makes each copy once and keeps it next to the original, so that a retry finds it."""

    files: FileStore
    media: MediaProcessor

    @asynccontextmanager
    async def fitted(self, video: StoredVideo, most: int) -> AsyncIterator[Path | None]:
        """A copy of at most `most` bytes that plays everywhere; None if none would be worth watching.

        Raises FileNotFoundError if the original is gone, and Unavailable if the copy can't be written to disk now.
        """
        if not await self._is_kept(video, most) and not await self._made(video, most):
            yield None
            return
        async with self.files.local(video.preview) as path:
            yield path

    async def _is_kept(self, video: StoredVideo, most: int) -> bool:
        try:
            return (await self.files.look(video.preview)).size <= most
        except FileNotFoundError:
            return False

    async def _made(self, video: StoredVideo, most: int) -> bool:
        async with self.files.local(video.video) as original, self.files.scratch(".mp4") as copy:
            try:
                await self.media.shrink(original, copy, most)
                await self.files.keep(copy, video.preview)
            except SpoiltVideo as no:
                log.warning("no copy of %s fits into %d bytes: %s", video.video, most, no.sentence)
                return False
            except OSError as trouble:
                raise Unavailable(
                    msg("The preview couldn't be written: {fault}.", fault=Foreign(str(trouble.strerror)))
                ) from trouble
            except RuntimeError:
                # A broken media processor is the operator's concern; the video can be delivered without it.
                log.exception("no copy of %s could be made", video.video)
                return False
        return True
