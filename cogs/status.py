"""/status, and the buttons that end a job: Cancel and Delete."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.access import Member, check_may_end
from bot.domain.job import Job
from bot.ui.cards.rendering import draw
from bot.ui.dialogs.confirmations import DeleteQuestion, Note
from bot.ui.interactions.buttons import CancelButton, DeleteButton, ReallyDeleteButton
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, reply, update
from bot.ui.publish.repost import remove_message
from bot.ui.screens.lists import StatusList
from bot.ui.text.phrases import dialogs
from bot.ui.text.phrases.values import label

MOST_OF_MINE = 10


class Status(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        bot.add_dynamic_items(CancelButton, DeleteButton, ReallyDeleteButton)
        bot.clicks |= {
            "cancel": self.cancel_clicked,
            "delete": self.delete_clicked,
            "really-delete": self.really_delete_clicked,
        }

    @app_commands.command(description=locale_str("How your videos stand, and how long the line is"))
    @app_commands.describe(video=locale_str("One video: its id, such as K7Q-4FD, or one of yours from the list"))
    async def status(self, interaction: discord.Interaction[Any], video: str | None = None) -> None:
        member = await member_of(interaction)
        if video is None:
            overview = await self.bot.jobs.overview(member, MOST_OF_MINE)
            await reply(interaction, view=StatusList(overview))
            return
        drawn = await draw(self.bot, await self.bot.jobs.named(member, video))
        await reply(interaction, **drawn.as_message())

    @status.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[Any]]:
        overview = await self.bot.jobs.overview(await member_of(interaction), MOST_OF_MINE)
        names = [(label(job), job.id) for job in overview.mine]
        return [app_commands.Choice(name=name, value=id_) for name, id_ in names if typed.lower() in name.lower()]

    async def cancel_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self.bot.jobs.cancel(member, job.id)
        await acknowledge(interaction)  # the card says what came of it

    async def delete_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_may_end(member, job)
        await reply(interaction, view=DeleteQuestion(job))

    async def really_delete_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await acknowledge(interaction)
        deletion = await self.bot.jobs.delete(member, job.id)
        removed = await self._remove_posts(job)
        note = dialogs.is_deleted(job, post_removed=removed, at_service=deletion.at_service)
        await update(interaction, Note(note))

    async def _remove_posts(self, job: Job) -> bool:
        """Whether no message shows it any more."""
        result = (await self.bot.messages.shown(job.id)).result
        posts = [*([result] if result else []), *await self.bot.messages.copies(job.id)]
        return all([await remove_message(self.bot, post) for post in posts])


async def setup(bot: VideoBot) -> None:
    await bot.add_cog(Status(bot))
