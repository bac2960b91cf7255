"""What members and servers decide about the showcase: which videos may come in, and which have to go."""

from __future__ import annotations

import asyncio
from dataclasses import field, replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.preferences import MemberPreferences
from bot.domain.access.rules import check_may_end
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.messages import VideoId, msg
from bot.domain.phases import Done
from bot.domain.ports.clock import Clock
from bot.domain.ports.studio.showcase import ShowcaseStore
from bot.domain.studio.showcase import ShowcaseEntry, ShowcaseState
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences


@wired
class Showcase:
    """`news` is set when there is work."""

    store: ShowcaseStore
    preferences: GuildPreferences
    own_preferences: OwnPreferences
    clock: Clock
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def entry(self, job: Job) -> ShowcaseEntry | None:
        """How many ★ let it in; None where nothing does."""
        if not is_finished_for_all(job):
            return None
        options = await self.preferences.of(job.guild_id)
        if options.showcase_channel is None or not await self.wants(job.owner_id):
            return None
        return ShowcaseEntry(guild_id=job.guild_id, owner_id=job.owner_id, stars=options.showcase_stars)

    async def wants(self, owner_id: int) -> bool:
        return (await self.own_preferences.of(owner_id)).showcase

    async def has(self, job: Job) -> bool:
        """Whether it is there, or about to be."""
        video = await self.store.of(job.id)
        return video is not None and video.state in {ShowcaseState.WAITING, ShowcaseState.SHOWN}

    async def take_out(self, member: Member, job: Job) -> None:
        """For good. NotAllowed unless it is theirs, or theirs to moderate; BadRequest when it is not there."""
        check_may_end(member, job)
        if not await self.store.leave(job.id, self.clock.now()):
            raise BadRequest(msg("{video} isn't in the showcase. Nothing was changed.", video=VideoId(job.id)))
        self.news.set()

    async def choose(self, member_id: int, *, shown: bool) -> MemberPreferences:
        """Whether the member's videos may be in showcases, on every server. Those that are there go."""
        chosen = await self.own_preferences.change(member_id, lambda known: replace(known, showcase=shown))
        if not shown and await self.store.leave_all(member_id, self.clock.now()):
            self.news.set()
        return chosen


def is_finished_for_all(job: Job) -> bool:
    """Whether everybody in its channel may watch it."""
    return isinstance(job.phase, Done) and job.video is not None and not job.private
