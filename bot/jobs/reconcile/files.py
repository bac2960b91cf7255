"""Removes stored files that no job needs: at start-up, and once a day.

A picture is stored before its order exists, so one that was quoted and never ordered belongs to nobody. A deletion
marks its job before it removes the files, so a process that dies in between leaves them behind. A video whose job has
no row is left alone: rows are never removed, so it belongs to another database, or to one that was restored.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from bot.data_classes import wired
from bot.domain.errors import StoreAway
from bot.domain.ids import JobId
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileReferences, FileStore
from bot.jobs.ordering.pictures import FOLDERS

log = logging.getLogger(__name__)

EVERY = 86_400.0  # seconds
AGAIN = 3600.0  # seconds, when it failed
OLD = timedelta(days=1)  # far longer than any time between storing a picture and its order


@wired
class FileSweep:
    """One per process; several on the same files do no harm."""

    files: FileStore
    references: FileReferences
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.clock.sleep(EVERY if await self._is_done() else AGAIN)

    async def _is_done(self) -> bool:
        try:
            await self.sweep()
        except StoreAway as away:
            log.warning("files that nobody needs are removed later: %s", away.sentence)
            return False
        except Exception:
            # It must never disturb the worker.
            log.exception("files that nobody needs could not be removed; that is tried again in an hour")
            return False
        return True

    async def sweep(self) -> None:
        """Files are listed before the rows are read: whatever is ordered meanwhile is newer."""
        pictures, videos = await self._pictures(), await self._videos()
        await self.files.remove([*pictures, *videos])
        if pictures or videos:
            log.info("removed %d files of pictures and %d of videos that no job needs", len(pictures), len(videos))

    async def _pictures(self) -> Sequence[str]:
        unneeded = {key for folder in FOLDERS for key in await self.files.old(folder, OLD)}
        if unneeded:
            async for needed in self.references.pictures():
                unneeded -= needed
        return sorted(unneeded)

    async def _videos(self) -> Sequence[str]:
        old = await self.files.old("videos", OLD)
        deleted = await self.references.deleted({_job_of(key) for key in old})
        return [key for key in old if _job_of(key) in deleted]


def _job_of(key: str) -> JobId:
    """The job of `videos/K7Q4FD/1f0c.mp4`."""
    return JobId(key.split("/")[1])
