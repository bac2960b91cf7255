"""The menu *Extend this video* and **Extend…**: a form for what happens next, then an order like any other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.create import CreateVideo
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.dialogs.studio.extend_form import EXTEND, ExtendForms, wanted_in
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import check_channel
from bot.ui.screens.video.buttons import ExtendButton


class Extend(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        create: CreateVideo,
        dialogs: OrderDialogs,
        forms: ExtendForms,
    ) -> None:
        self._lookup = lookup
        self._create = create
        self._dialogs = dialogs
        self._forms = forms
        registry.add_menu(locale_str("Extend this video"), self.extend_message)
        registry.add_button(ExtendButton, lookup.clicks(self.extend_clicked, watching=True))
        opened = lookup.forms(self.extend_opened_again, watching=True)
        registry.add_form(EXTEND, lookup.forms(self.extend_sent, watching=True), opened)

    async def extend_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        """The message menu: the same as the button, on any message that shows a video of ours."""
        job, member = await self._lookup.on_message(interaction, message)
        await self.extend_clicked(interaction, job, member)

    async def extend_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self._forms.open(interaction, job, member)

    async def extend_opened_again(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        await self._forms.open(interaction, job, member, fields)

    async def extend_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        check_channel(interaction)
        quote = await self._create.quote_remix(member, job.id, wanted_in(fields))
        await self._dialogs.order(interaction, member, quote)
