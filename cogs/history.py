"""/history and /show: nothing that was paid for is ever lost from sight."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.access import Member
from bot.domain.history import HistoryFilter
from bot.domain.job import Job
from bot.ui.interactions.buttons import ShowButton
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import think
from bot.ui.publish.repost import show_again
from bot.ui.screens.history import PageButton, fill_in
from bot.ui.text.phrases.values import label

Choice = app_commands.Choice
STATES = {
    HistoryFilter.ALL: locale_str("all"),
    HistoryFilter.FINISHED: locale_str("finished"),
    HistoryFilter.KEPT: locale_str("kept but not delivered"),
    HistoryFilter.FAILED: locale_str("failed"),
    HistoryFilter.CANCELLED: locale_str("cancelled"),
    HistoryFilter.REVIEW: locale_str("needs a person"),
}


class History(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        bot.add_dynamic_items(PageButton, ShowButton)
        bot.clicks |= {"show": self.show_clicked}

    @app_commands.command(description=locale_str("All your videos, newest first"))
    @app_commands.describe(state=locale_str("Only those that ended like this"))
    @app_commands.choices(state=[Choice(name=name, value=which.value) for which, name in STATES.items()])
    async def history(self, interaction: discord.Interaction[Any], state: str = HistoryFilter.ALL.value) -> None:
        member = await member_of(interaction)
        await think(interaction, ephemeral=True)  # posters are uploaded with the page
        await fill_in(interaction, member, HistoryFilter(state))

    @app_commands.command(
        description=locale_str("Post a video again here, also when its message is gone; it costs nothing")
    )
    @app_commands.describe(video=locale_str("One of your videos, or the id of any video here, such as K7Q-4FD"))
    async def show(self, interaction: discord.Interaction[Any], video: str) -> None:
        member = await member_of(interaction)
        await show_again(interaction, await self.bot.jobs.named(member, video), member)

    @show.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        member = await member_of(interaction)
        return [Choice(name=label(job), value=job.id) for job in await self.bot.jobs.remixable(member, typed)]

    async def show_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await show_again(interaction, job, member)


async def setup(bot: VideoBot) -> None:
    await bot.add_cog(History(bot))
