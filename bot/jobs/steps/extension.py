"""An extension's new part and the video that it extends, as one file. Doing it again after a crash costs nothing."""

from __future__ import annotations

import logging
from pathlib import Path

from bot.data_classes import value_object, wired
from bot.domain.errors import SpoiltVideo
from bot.domain.job import Job, Lease
from bot.domain.media import Footage
from bot.domain.video import LONGEST_EXTENDED, Extension, Join, Mode, RemixMethod, StoredVideo
from bot.jobs.context import StepContext
from bot.jobs.steps.elsewhere import FilesElsewhere

log = logging.getLogger(__name__)

ROUNDING = 1.0  # seconds: lengths that were asked for are met about


@value_object
class Fetched:
    """What the service gave: a file that plays."""

    file: Path
    footage: Footage


@wired
class JoinWithSource:
    """Whatever comes between, what was paid for is kept: then it is the new part alone."""

    context: StepContext

    async def hand_over(self, lease: Lease, method: RemixMethod | None) -> bool:
        """Whether another process was given the job, as the video that it extends is not here."""
        if not self.context.shares_database or method is not RemixMethod.LAST_FRAME:
            return False
        source = await self._source(lease.job)
        if source is None:
            return False
        try:
            async with self.context.files.local(source.video):
                return False
        except FileNotFoundError:
            return await FilesElsewhere(context=self.context).hand_over(lease)

    async def join(self, job: Job, method: RemixMethod | None, fetched: Fetched, target: Path) -> Extension | None:
        """What became of the two; `target` is written where they were joined. None where nothing is to be extended."""
        if job.request.mode is not Mode.EXTEND:
            return None
        source = await self._source(job)
        if source is None:
            has_more = fetched.footage.seconds > job.request.seconds + ROUNDING
            whole = method is RemixMethod.EXTEND and has_more
            return Extension(join=Join.SERVICE if whole else Join.SOURCE_GONE, before=0.0)
        return Extension(join=await self._joined(job, method, source, fetched, target), before=source.seconds)

    async def _joined(
        self, job: Job, method: RemixMethod | None, source: StoredVideo, fetched: Fetched, target: Path
    ) -> Join:
        if method is RemixMethod.EXTEND and is_whole(fetched.footage, source, job.request.seconds):
            return Join.SERVICE
        if source.seconds + fetched.footage.seconds > LONGEST_EXTENDED + ROUNDING:
            return Join.FAILED
        try:
            async with self.context.files.local(source.video) as first:
                await self.context.media.join(first, fetched.file, target)
        except FileNotFoundError:
            return Join.SOURCE_GONE
        except SpoiltVideo as problem:
            log.warning("%s could not be joined with %s: %s", job.id, job.request.source, problem.message)
            return Join.FAILED
        return Join.JOINED

    async def _source(self, job: Job) -> StoredVideo | None:
        """The video that it extends, while that is kept."""
        if job.request.mode is not Mode.EXTEND or job.request.source is None:
            return None
        source = await self.context.queries.get(job.request.source)
        return None if source is None else source.video


def is_whole(footage: Footage, source: StoredVideo, seconds: int) -> bool:
    """Whether the service gave both parts: some that extend a video give what is new alone."""
    return footage.seconds > source.seconds + seconds / 2
