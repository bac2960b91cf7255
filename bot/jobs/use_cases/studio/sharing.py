"""Links to player pages, for people outside the server."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.messages import VideoId, msg
from bot.domain.moderation.venues import Venue
from bot.domain.ports.clock import Clock
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.private_videos import PrivateVideos

LASTS = timedelta(days=7)


@value_object
class SharedLink:
    url: str
    until: datetime


@wired
class ShareVideos:
    """`links` is None when people can't reach this machine."""

    links: PlayerLinks | None
    private_videos: PrivateVideos
    venues: VenueRules
    clock: Clock

    @property
    def is_possible(self) -> bool:
        return self.links is not None

    async def share(self, member: Member, job: Job) -> SharedLink:
        """Whoever has it can watch, so a private video is its owner's alone to share. Raises a Refusal."""
        await self.private_videos.check(member, job)
        await check_may_share(member, job, self.venues)
        if job.video is None:
            raise BadRequest(msg("{video} was deleted, so there's nothing to share.", video=VideoId(job.id)))
        if self.links is None:
            raise BadRequest(msg("This bot has no public address, so it can't make links to videos."))
        until = self.clock.now() + LASTS
        return SharedLink(url=self.links.to(job.id, until), until=until)


async def check_may_share(member: Member, job: Job, venues: VenueRules) -> None:
    """Whether a video that they may watch is theirs to give to anyone. Raises NotAllowed and WrongVenue."""
    if job.private and job.owner_id != member.id:
        raise NotAllowed(msg("{video} is private. Only its owner can share it.", video=VideoId(job.id)))
    await venues.check(member.guild_id, job.id, Venue.OPEN)
