"""Favourites: videos that a member marked. Others see how many did, in the showcase, and never who."""

from __future__ import annotations

from collections.abc import Iterable

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import VideoId, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.studio.favourites import FavouriteStore
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.showcase.choices import Showcase


@wired
class Favourites:
    """Raises NotAllowed and NotFound for who may not watch a video."""

    store: FavouriteStore
    authorization: Authorization
    private_videos: PrivateVideos
    showcase: Showcase
    clock: Clock

    async def mark(self, member: Member, job: Job) -> None:
        """BadRequest for what cannot be watched any more."""
        await self._check(member, job)
        if job.deleted or job.video is None:
            raise BadRequest(msg("{video} is deleted, so it can't be a favourite.", video=VideoId(job.id)))
        entry = await self.showcase.entry(job)
        await self.store.add(member.id, job.id, self.clock.now(), entry)
        self.showcase.news.set()

    async def unmark(self, member: Member, job: Job) -> None:
        await self._check(member, job)
        await self.store.remove(member.id, job.id, self.clock.now())
        self.showcase.news.set()

    async def toggle(self, member: Member, job: Job) -> bool:
        """Likewise: marked if it is not, and the other way round. Whether it is now."""
        if job.id in await self.among(member, [job]):
            await self.unmark(member, job)
            return False
        await self.mark(member, job)
        return True

    async def among(self, member: Member, jobs: Iterable[Job]) -> frozenset[JobId]:
        """Those of the jobs that are favourites of theirs."""
        return await self.store.among(member.id, [job.id for job in jobs])

    async def _check(self, member: Member, job: Job) -> None:
        await self.authorization.authorize(member, Act.KEEP)
        await self.private_videos.check(member, job)
