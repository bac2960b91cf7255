"""Ratings: 👍 or 👎 of each member for each video of somebody else, which they may change or take back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import VideoId, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.studio.ratings import RatingStore
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos

OWN = msg("You can't rate a video of your own. Nothing was changed.")


@wired
class Ratings:
    """Raises NotAllowed and NotFound for who may not watch a video."""

    store: RatingStore
    authorization: Authorization
    private_videos: PrivateVideos
    clock: Clock

    async def rate(self, member: Member, job: Job, *, likes: bool) -> bool:
        """Whether it counts now: the same rating once more takes it back. BadRequest for one's own and deleted ones."""
        await self.authorization.authorize(member, Act.VOTE)
        await self.private_videos.check(member, job)
        if job.owner_id == member.id:
            raise BadRequest(OWN)
        if job.video is None or job.private:
            raise BadRequest(msg("{video} can't be rated. Nothing was changed.", video=VideoId(job.id)))
        return await self.store.rate(member.id, job.id, self.clock.now(), likes=likes)

    async def by(self, member: Member, job: Job) -> bool | None:
        """Whether the member likes it; None where they have not said."""
        return await self.store.of(member.id, job.id)

    async def of(self, job: Job) -> VideoRating:
        return (await self.counted([job])).get(job.id, UNRATED)

    async def counted(self, jobs: Iterable[Job]) -> Mapping[JobId, VideoRating]:
        """By video; those without any are left out."""
        return await self.store.counted([job.id for job in jobs])
