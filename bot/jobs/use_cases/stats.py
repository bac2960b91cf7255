"""How the videos of a server did, for all who may make some there."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import Period
from bot.domain.ports.clock import Clock
from bot.domain.ports.costs import CostReports, StatReports
from bot.domain.stats import VideoStats
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos

MOST_REMIXED = 5


@wired
class StatsReport:
    reports: StatReports
    calendars: CostReports
    authorization: Authorization
    private_videos: PrivateVideos
    catalogue: Catalogue
    clock: Clock

    async def stats(self, member: Member, period: Period) -> VideoStats:
        """Only videos that the member may watch are named. Raises NotAllowed."""
        await self.authorization.authorize(member, Act.SEE_STATS)
        calendar = await self.calendars.calendar(member.guild_id)
        days = period.days(calendar.local(self.clock.now()).date())
        stats = await self.reports.stats(member.guild_id, days)
        jobs = [entry.job for entry in stats.remixed if not entry.job.private and not entry.job.deleted]
        watched = {job.id for job in await self.private_videos.watchable(member, jobs)}
        remixed = [entry for entry in stats.remixed if entry.job.id in watched]
        return replace(stats, remixed=tuple(remixed[:MOST_REMIXED]))
