"""/history and /show: nothing that was paid for is ever lost from sight."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import InteractionRegistry
from bot.domain.access.members import Member
from bot.domain.history import HistoryFilter
from bot.domain.job import Job
from bot.domain.studio.library import VideoFilter
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.interactions.buttons import FramesButton, ShowButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, think
from bot.ui.publish.repost import RepostVideo
from bot.ui.screens.frames import VideoFrames
from bot.ui.screens.history import HistoryPages, PageButton
from bot.ui.text.phrases.values import label

Choice = app_commands.Choice
STATES = {
    HistoryFilter.ALL: locale_str("all"),
    HistoryFilter.FINISHED: locale_str("finished"),
    HistoryFilter.KEPT: locale_str("waiting to be posted"),
    HistoryFilter.FAILED: locale_str("failed"),
    HistoryFilter.CANCELLED: locale_str("cancelled"),
    HistoryFilter.REVIEW: locale_str("needs a manager"),
    HistoryFilter.OPEN: locale_str("under way"),
}


class History(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        browse: BrowseVideos,
        pages: HistoryPages,
        repost: RepostVideo,
        frames: VideoFrames,
    ) -> None:
        self._browse = browse
        self._pages = pages
        self._repost = repost
        self._frames = frames
        registry.add_button(PageButton, self.page_clicked)
        registry.add_button(ShowButton, lookup.clicks(self.show_clicked, watching=True))
        registry.add_button(FramesButton, lookup.clicks(self.frames_clicked, watching=True))

    @app_commands.command(description=locale_str("Your videos, newest first"))
    @app_commands.describe(state=locale_str("Only videos in this state"))
    @app_commands.choices(state=[Choice(name=name, value=which.value) for which, name in STATES.items()])
    async def history(self, interaction: discord.Interaction[Any], state: str = HistoryFilter.ALL.value) -> None:
        member = await member_of(interaction)
        await think(interaction, ephemeral=True)  # posters are uploaded with the page
        await self._pages.fill_in(interaction, member, VideoFilter(owner_id=member.id, state=HistoryFilter(state)))

    @app_commands.command(description=locale_str("Repost a video here, even if its message was deleted (free)"))
    @app_commands.describe(video=locale_str("One of your videos, or the id of any video here, such as K7Q-4FD"))
    async def show(self, interaction: discord.Interaction[Any], video: str) -> None:
        member = await member_of(interaction)
        await self._repost.show_again(interaction, await self._browse.named(member, video), member)

    @show.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        member = await member_of(interaction)
        return [Choice(name=label(job), value=job.id) for job in await self._browse.remixable(member, typed)]

    async def page_clicked(self, interaction: discord.Interaction[Any], button: PageButton) -> None:
        """Whoever presses it sees their own videos, so nothing is to be checked but who that is."""
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._pages.fill_in(
            interaction, member, VideoFilter(owner_id=member.id, state=button.which), button.cursor
        )

    async def show_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._repost.show_again(interaction, job, member)

    async def frames_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        del member  # the lookup has seen to it that they may watch it
        await self._frames.show(interaction, job)
