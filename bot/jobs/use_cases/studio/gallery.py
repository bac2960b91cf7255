"""A member's gallery: videos page by page, and one video with what it came from and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed
from bot.domain.history import Cursor, Direction
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation.cases import TakenDown
from bot.domain.studio.library import VideoFilter
from bot.domain.studio.ratings import VideoRating
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.ratings import Ratings

PER_PAGE = 24
MOST_RELATED = 24  # remixes of one video that its page lists


@value_object
class GalleryPage:
    """Some videos in the order that is asked for, and whether there are more behind them."""

    jobs: Sequence[Job]
    has_older: bool
    taken_down: Mapping[JobId, TakenDown] = field(default_factory=dict)  # by managers
    ratings: Mapping[JobId, VideoRating] = field(default_factory=dict)
    searched_all: bool = True  # False: after an update, the words of older videos are still being collected


@value_object
class RelatedVideos:
    """What a video was made from, and what was made from it, as far as the member may watch them; `ratings` of all."""

    source: Job | None
    remixes: Sequence[Job]
    ratings: Mapping[JobId, VideoRating]


@wired
class Gallery:
    """Raises NotFound and NotAllowed for what is not the member's to watch."""

    browse: BrowseVideos
    library: BrowseLibrary
    collections: Collections
    ratings: Ratings

    async def page(
        self, member: Member, wanted: VideoFilter, behind: JobId | None, *, first: str = "", last: str = ""
    ) -> GalleryPage:
        """`first` and `last` are days as they were typed. Raises BadRequest for what is none."""
        wanted = await self.library.within(member, wanted, first, last)
        cursor = None if behind is None else Cursor(direction=Direction.OLDER, at=behind)
        found = await self.library.page(member, wanted, cursor, PER_PAGE)
        if cursor is not None and not found.newer:
            return GalleryPage(jobs=[], has_older=False)  # it has vanished, and these are the first once more
        taken_down = await self.browse.private_videos.taken_down(found.jobs)
        return GalleryPage(
            jobs=found.jobs,
            has_older=found.older,
            taken_down=taken_down,
            ratings=await self.ratings.counted(found.jobs),
            searched_all=found.searched_all,
        )

    async def sees_everyones(self, member: Member) -> bool:
        """Whether they may look through the videos of the whole server."""
        try:
            await self.library.authorization.authorize(member, Act.SEE_HISTORY)
        except NotAllowed:
            return False
        return True

    async def watched(self, member: Member, job_id: JobId) -> Job:
        return await self.browse.private_videos.check(member, await self.browse.find(job_id))

    async def related(self, member: Member, job: Job) -> RelatedVideos:
        source = None if job.request.source is None else await self.browse.find(job.request.source)
        remixes = [each for each in await self.browse.queries.remixes([job.id]) if each.video is not None]
        near = remixes[-MOST_RELATED:] if source is None else [source, *remixes[-MOST_RELATED:]]
        seen = await self.browse.private_videos.watchable(member, near)
        return RelatedVideos(
            source=next((each for each in seen if source is not None and each.id == source.id), None),
            remixes=[each for each in seen if source is None or each.id != source.id],
            ratings=await self.ratings.counted([job, *seen]),
        )

    def label(self, job: Job) -> str:
        """What people call its model."""
        return self.browse.label(job)

    def models(self) -> Mapping[str, str]:
        """Labels of the models that can be ordered, by id."""
        return {id_: card.label for id_, card in self.browse.catalogue.cards.items()}
