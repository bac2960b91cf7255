"""Bulk actions from /queue: orders retried or deleted after a preview, with progress on its message."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.domain.queue.bulk import BulkKind
from bot.interaction_registry import FormHandler, InteractionRegistry
from bot.jobs.use_cases.queue.bulk import BulkWork
from bot.jobs.use_cases.queue.delete import DeleteMany
from bot.jobs.use_cases.queue.manage import check_may_manage_queue
from bot.jobs.use_cases.queue.retry import RetryFailed
from bot.ui.dialogs.bulk import DeleteForm, RetryForm, deletable_in, take_down_in
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.forms import text_in
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, open_form, reply, think, update
from bot.ui.screens.bulk import BulkButton, BulkFormButton, BulkProgress, BulkQuestion, BulkVerb

FOLLOWED = 720.0  # seconds a message is kept up to date; Discord accepts changes to it for 900
SOON, BETWEEN = 0.25, 2.0  # seconds until the first of them, and at most between two: few orders are done at once


class BulkCog(commands.Cog):
    def __init__(
        self, registry: InteractionRegistry, *, work: BulkWork, retry_failed: RetryFailed, delete_many: DeleteMany
    ) -> None:
        self._work = work
        self._retry_failed = retry_failed
        self._delete_many = delete_many
        registry.add_button(BulkFormButton, self.form_clicked)
        registry.add_button(BulkButton, self.clicked)
        registry.add_form("bulk-retry", self.retry_sent, self._opened_again(RetryForm))
        registry.add_form("bulk-delete", self.delete_sent, self._opened_again(DeleteForm))

    async def cog_unload(self) -> None:
        await self._work.close()

    async def form_clicked(self, interaction: discord.Interaction[Any], button: BulkFormButton) -> None:
        check_may_manage_queue(await member_of(interaction))
        await open_form(interaction, RetryForm() if button.kind is BulkKind.RETRY else DeleteForm())

    @staticmethod
    def _opened_again(form: type[RetryForm | DeleteForm]) -> FormHandler:
        async def opened(interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
            check_may_manage_queue(await member_of(interaction))
            await open_form(interaction, refilled(form(), fields, interaction.guild))

        return opened

    async def retry_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        await think(interaction, ephemeral=True)
        await reply(interaction, view=BulkQuestion(await self._retry_failed.preview(member, text_in(fields))))

    async def delete_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member, (which, whose, older) = await member_of(interaction), deletable_in(fields)
        await think(interaction, ephemeral=True)
        preview = await self._delete_many.preview(member, which, whose, older, take_down=take_down_in(fields))
        await reply(interaction, view=BulkQuestion(preview))

    async def clicked(self, interaction: discord.Interaction[Any], button: BulkButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        match button.verb:
            case BulkVerb.BEGIN:
                await self._work.begin(member, button.plan)
            case BulkVerb.GO_ON:
                await self._work.go_on(member, button.plan)
            case BulkVerb.STOP:
                await self._work.stop(member, button.plan)
        with contextlib.suppress(*TROUBLE):  # the message was dismissed; the work goes on
            await self._follow(interaction, member.guild_id, button.plan)

    async def _follow(self, interaction: discord.Interaction[Any], guild_id: int, plan: str) -> None:
        """Show the progress until it has ended, or as long as the message can be changed."""
        loop, shown, pause = asyncio.get_running_loop(), None, SOON
        until = loop.time() + FOLLOWED
        while loop.time() < until:
            run = await self._work.latest(guild_id)
            if run is None or run.plan != plan:
                return
            is_interrupted = self._work.is_interrupted(run)
            if (run, is_interrupted) != shown:
                await update(interaction, BulkProgress(run, interrupted=is_interrupted))
                shown = (run, is_interrupted)
            if run.ended or is_interrupted:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, BETWEEN)
