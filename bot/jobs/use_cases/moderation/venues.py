"""What a server's rules for age-restricted channels allow: at the order, when it is sent, posted, shown, remixed."""

from __future__ import annotations

from typing import Protocol

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import Reach, Undeliverable, WrongVenue
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.moderation.venues import (
    MADE_RESTRICTED,
    AgeRule,
    MadeRestricted,
    Venue,
    check_may_make,
    check_may_use,
)
from bot.domain.video import VideoRequest
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.guild import GuildPreferences

NOT_RESTRICTED = msg("Its channel isn't age-restricted any more, and this server shows such videos nowhere else.")


class ChannelVenues(Protocol):
    async def of(self, guild_id: int, channel_id: int) -> Venue:
        """What kind of channel that is now, as far as we are told."""
        ...


@wired
class VenueRules:
    """Raises WrongVenue. Nothing is looked up for who asks from where everything may be."""

    preferences: GuildPreferences

    async def check_may_make(self, member: Member) -> None:
        if member.venue is Venue.OPEN:
            check_may_make(await self._rule(member.guild_id), member.venue)

    async def check_order(self, member: Member, request: VideoRequest) -> None:
        """Likewise, with what it is a remix of."""
        if request.source is None:
            await self.check_may_make(member)
        else:
            await self.check_may_use(member, request.source)

    async def check_may_use(self, member: Member, job_id: JobId) -> None:
        """Whether a video may be shown or remixed where they ask."""
        if member.venue is Venue.OPEN:
            await self.check(member.guild_id, job_id, member.venue)

    async def mark(self, member: Member, job: Job) -> None:
        """Note before it is stored that it is ordered where it may be bound to stay; so is a remix of such a video."""
        source = job.request.source
        inherits = member.venue in {Venue.DIRECT, Venue.UNKNOWN} and source is not None
        if member.venue is Venue.AGE_RESTRICTED or (inherits and source and await self._is_marked(source)):
            await self.preferences.records.write(MADE_RESTRICTED, job.id, MadeRestricted(at=job.created_at))

    async def check(self, guild_id: int, job_id: JobId, venue: Venue) -> None:
        rule = await self._rule(guild_id)
        marked = rule is AgeRule.KEPT and await self._is_marked(job_id)
        check_may_use(rule, venue, made_restricted=marked)

    async def venue_of(self, job_id: JobId) -> Venue:
        """Where a video was made, as far as that binds it: for an order in its place by somebody else."""
        return Venue.AGE_RESTRICTED if await self._is_marked(job_id) else Venue.UNKNOWN

    async def _rule(self, guild_id: int) -> AgeRule:
        return (await self.preferences.of(guild_id)).age_rule

    async def _is_marked(self, job_id: JobId) -> bool:
        return await self.preferences.records.read(MADE_RESTRICTED, job_id) is not None


@wired
class PostingVenues:
    """The VenueCheck: a channel may have become another since the video was ordered there."""

    rules: VenueRules
    channels: ChannelVenues

    async def check_may_post(self, job: Job) -> None:
        venue = Venue.DIRECT if job.private else await self._venue_of(job)
        if venue is not Venue.OPEN:
            return
        try:
            await self.rules.check(job.guild_id, job.id, venue)
        except WrongVenue as no:
            raise Undeliverable(NOT_RESTRICTED, Reach.SERVER) from no

    async def _venue_of(self, job: Job) -> Venue:
        """Of an archived thread we are not told; who reads the channel around it reads the thread."""
        venue = await self.channels.of(job.guild_id, job.channel_id)
        if venue is not Venue.UNKNOWN:
            return venue
        parent = await ThreadParents(records=self.rules.preferences.records).of(job.channel_id)
        return venue if parent is None else await self.channels.of(job.guild_id, parent)
