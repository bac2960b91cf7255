"""Votes for videos that are compared: one of each member, which they may change or take back."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.messages import VideoId, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.studio.votes import VoteStore
from bot.domain.studio.batches import BatchKind, batch_kind
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos


@wired
class Votes:
    """Raises NotAllowed and NotFound for who may not watch a video."""

    store: VoteStore
    queries: JobQueries
    authorization: Authorization
    private_videos: PrivateVideos
    clock: Clock

    async def vote(self, member: Member, job: Job) -> bool:
        """Whether it counts now: the same vote once more takes it back. BadRequest for what is not compared."""
        await self.authorization.authorize(member, Act.VOTE)
        await self.private_videos.check(member, job)
        batch = [] if job.batch is None else await self.queries.batch(job.batch.lead)
        if batch_kind([each.request for each in batch]) is not BatchKind.COMPARISON:
            raise BadRequest(msg("{video} isn't compared with another video.", video=VideoId(job.id)))
        if job.video is None:
            raise BadRequest(msg("{video} can't be watched, so you can't vote for it.", video=VideoId(job.id)))
        return await self.store.vote(job.card_id, member.id, job.id, self.clock.now())
