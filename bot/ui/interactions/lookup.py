"""From a button or a form about a video to that video and to who asks, checked that they may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.client import ClickHandler, FormHandler
from bot.domain.access import Member, check_may_see
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.interactions.buttons import JobButton, job_of
from bot.ui.interactions.members import member_of

JobClickHandler = Callable[[discord.Interaction[Any], Job, Member], Awaitable[None]]
JobFormHandler = Callable[[discord.Interaction[Any], Job, Member, Mapping[str, str]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLookup:
    browse: BrowseVideos

    async def job_and_member(self, interaction: discord.Interaction[Any], job_id: JobId) -> tuple[Job, Member]:
        """The video pressed on and the asker. NotFound unless they may see it."""
        found = await self.browse.find(job_id)
        member = await member_of(interaction, found)
        if interaction.message is not None and job_of(interaction.message) == job_id:
            member = replace(member, shown=frozenset({job_id}))
        return check_may_see(member, found), member

    async def watched(self, interaction: discord.Interaction[Any], job_id: JobId) -> tuple[Job, Member]:
        """Likewise, for what shows the video or its prompt. NotAllowed unless they may watch it."""
        job, member = await self.job_and_member(interaction, job_id)
        return await self.browse.private_videos.check(member, job), member

    def clicks(self, handler: JobClickHandler, *, watching: bool = False) -> ClickHandler[JobButton]:
        """A handler for buttons about a video, from one that is given the video and the asker.

        `watching`: only who may watch the video may press them.
        """
        look = self.watched if watching else self.job_and_member

        async def clicked(interaction: discord.Interaction[Any], button: JobButton) -> None:
            job, member = await look(interaction, button.job_id)
            await handler(interaction, job, member)

        return clicked

    def forms(self, handler: JobFormHandler, *, watching: bool = False) -> FormHandler:
        """Likewise for forms about a video."""
        look = self.watched if watching else self.job_and_member

        async def sent(interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
            job, member = await look(interaction, JobId(about))
            await handler(interaction, job, member, fields)

        return sent
