"""From a button, a menu or a form about a video to that video and the asker, checking that they may see it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_see
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.records import Record, Records
from bot.interaction_registry import ClickHandler, FormHandler
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.interactions.buttons import JobButton, jobs_on
from bot.ui.interactions.members import member_of
from bot.ui.text.phrases import errors

JobClickHandler = Callable[[discord.Interaction[Any], Job, Member], Awaitable[None]]
JobFormHandler = Callable[[discord.Interaction[Any], Job, Member, Mapping[str, str]], Awaitable[None]]


@value_object
class _Seen:
    """The video on the message whose menu somebody used last."""

    job_id: JobId


SEEN = Record("seen", _Seen, lasts=timedelta(minutes=15))  # by the member's id; as long as a form may be open


@wired
class JobLookup:
    browse: BrowseVideos
    records: Records

    async def job_and_member(self, interaction: discord.Interaction[Any], job_id: JobId) -> tuple[Job, Member]:
        """The video whose button was pressed, and the asker. Raises NotFound unless they may see it."""
        message = interaction.message
        if message is None:  # from a form that a menu opened
            seen = await self.records.read(SEEN, str(interaction.user.id))
            return await self._checked(interaction, job_id, is_shown=seen is not None and seen.job_id == job_id)
        return await self._checked(interaction, job_id, is_shown=job_id in jobs_on(message))

    async def on_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> tuple[Job, Member]:
        """The video on the message whose menu was used, which they must be allowed to watch.

        Raises BadRequest if there is none of ours.
        """
        shown = jobs_on(message) if message.author == interaction.client.user else []
        if not shown:
            raise BadRequest(errors.NO_VIDEO_OF_MINE)
        if len(shown) > 1:
            raise BadRequest(errors.SEVERAL_VIDEOS)
        job_id = shown[0]
        job, member = await self._checked(interaction, job_id, is_shown=True)
        await self.browse.private_videos.check(member, job)
        await self.records.write(SEEN, str(member.id), _Seen(job_id=job_id))
        return job, member

    async def _checked(
        self, interaction: discord.Interaction[Any], job_id: JobId, *, is_shown: bool
    ) -> tuple[Job, Member]:
        found = await self.browse.find(job_id)
        member = await member_of(interaction, found)
        if is_shown:
            member = replace(member, shown=frozenset({job_id}))
        return check_may_see(member, found), member

    async def watched(self, interaction: discord.Interaction[Any], job_id: JobId) -> tuple[Job, Member]:
        """Likewise, for anything that shows the video or its prompt. Raises NotAllowed unless they may watch it."""
        job, member = await self.job_and_member(interaction, job_id)
        return await self.browse.private_videos.check(member, job), member

    def clicks(self, handler: JobClickHandler, *, watching: bool = False) -> ClickHandler[JobButton]:
        """A handler for buttons about a video, from one that takes the video and the asker.

        `watching`: only members who may watch the video may press them.
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
