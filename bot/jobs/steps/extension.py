"""Joins an extension's new part with the video that it extends. It can be repeated after a crash at no cost."""

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

ROUNDING = 1.0  # seconds: services meet requested lengths only approximately


@value_object
class Fetched:
    """What the service delivered: a file that plays."""

    file: Path
    footage: Footage


@wired
class JoinWithSource:
    """Whatever fails, what was paid for is kept: then it is the new part alone."""

    context: StepContext

    async def hand_over(self, lease: Lease, method: RemixMethod | None) -> bool:
        """Whether the job was handed to another process because the video that it extends is not here."""
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
        """The result of joining the two; `target` is written if they were joined.

        None if there is nothing to extend.
        """
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
        """The video that it extends, as long as that is kept."""
        if job.request.mode is not Mode.EXTEND or job.request.source is None:
            return None
        source = await self.context.queries.get(job.request.source)
        return None if source is None else source.video


def is_whole(footage: Footage, source: StoredVideo, seconds: int) -> bool:
    """Whether the service delivered both parts: some that extend a video return only the new part."""
    return footage.seconds > source.seconds + seconds / 2
