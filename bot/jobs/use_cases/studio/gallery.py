"""A member's gallery: their videos page by page, and one video with what it came from and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.access.members import Member
from bot.domain.access.rules import may_watch
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.jobs.use_cases.browse import BrowseVideos

PER_PAGE = 24
MOST_RELATED = 24  # remixes of one video that its page lists


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Some of a member's videos, newest first, and whether there are older ones."""

    jobs: Sequence[Job]
    has_older: bool
    labels: Mapping[str, str]  # of their models, by id


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedVideos:
    """What a video was made from, and what was made from it, as far as the member may watch them."""

    source: Job | None
    remixes: Sequence[Job]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Raises NotFound and NotAllowed for what is not the member's to watch."""

    browse: BrowseVideos

    async def page(self, member: Member, which: HistoryFilter, older_than: JobId | None) -> GalleryPage:
        cursor = None if older_than is None else Cursor(direction=Direction.OLDER, at=older_than)
        found = await self.browse.queries.history(member.guild_id, member.id, which, cursor, PER_PAGE)
        labels = {job.request.model: self.browse.label(job) for job in found.jobs}
        return GalleryPage(jobs=found.jobs, has_older=found.older, labels=labels)

    async def watched(self, member: Member, job_id: JobId) -> Job:
        return await self.browse.private_videos.check(member, await self.browse.find(job_id))

    async def related(self, member: Member, job: Job) -> RelatedVideos:
        """Private ones are left out unless they are the member's own: of others there is nothing to show."""
        source = None if job.request.source is None else await self.browse.find(job.request.source)
        remixes = await self.browse.queries.remixes([job.id])
        mine = [each for each in remixes if may_watch(member, each) and each.video is not None]
        return RelatedVideos(
            source=source if source is not None and may_watch(member, source) else None,
            remixes=mine[-MOST_RELATED:],
        )

    def label(self, job: Job) -> str:
        return self.browse.label(job)
