"""Continue in a thread: the button behind More…, for members who may start one there."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.studio.projects import MoveToThread
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import NEEDED_IN_THREADS
from bot.ui.interactions.responses import reply, think
from bot.ui.screens.video.buttons import ThreadButton
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.studio import threads as phrases
from bot.ui.text.render import render

CREATE = {"create_public_threads": "Create Public Threads"}


class ThreadsCog(commands.Cog):
    def __init__(self, registry: InteractionRegistry, lookup: JobLookup, *, move: MoveToThread) -> None:
        self._move = move
        registry.add_button(ThreadButton, lookup.clicks(self.thread_clicked, watching=True))

    async def thread_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await think(interaction, ephemeral=True)
        channel_id = (await self._move.result_of(member, job)).channel_id
        check_may_begin(interaction, channel_id)
        thread_id, is_new = await self._move.begin(member, job)
        await reply(interaction, content=render(phrases.goes_on(job, thread_id, channel_id, is_new=is_new)))


def check_may_begin(interaction: discord.Interaction[Any], channel_id: int) -> None:
    """Raise BadRequest unless both the bot and the member may start a thread there."""
    guild, user = interaction.guild, interaction.user
    if guild is None or not isinstance(user, discord.Member):
        raise BadRequest(errors.SERVER_ONLY)
    channel = guild.get_channel(channel_id)
    if not isinstance(channel, discord.TextChannel):
        raise BadRequest(phrases.NO_THREADS_THERE)
    has = channel.permissions_for(guild.me)
    if missing := [name for right, name in {**CREATE, **NEEDED_IN_THREADS}.items() if not getattr(has, right)]:
        raise BadRequest(phrases.kinora_lacks(channel_id, missing))
    if not channel.permissions_for(user).create_public_threads:
        raise BadRequest(phrases.you_lack(channel_id, CREATE["create_public_threads"]))
