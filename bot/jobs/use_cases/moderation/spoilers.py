"""Which videos a server has covered until somebody looks."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.moderation.cases import CASE
from bot.domain.moderation.venues import Spoilers
from bot.jobs.use_cases.guild import GuildPreferences


@wired
class SpoilerRules:
    preferences: GuildPreferences

    async def covers(self, job: Job) -> bool:
        """Whether a video is posted as a spoiler. Direct messages are not the server's to choose for."""
        if job.private:
            return False
        match (await self.preferences.of(job.guild_id)).spoilers:
            case Spoilers.NEVER:
                return False
            case Spoilers.ALWAYS:
                return True
            case Spoilers.REPORTED:
                case = await self.preferences.records.read(CASE, job.id)
                return case is not None and case.is_undecided_report
