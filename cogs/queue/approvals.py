"""Orders that wait for approval: the list, one of them in full, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.models.catalogue import Catalogue
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.request_card import DecidedRequest, RequestCard
from bot.ui.dialogs.decisions import DenyForm
from bot.ui.dialogs.forms import text_in
from bot.ui.interactions.buttons import ApproveButton, DenyButton, RequestButton
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, open_form, reply, update
from bot.ui.screens.requests import RequestsButton, RequestsPage


class ApprovalsCog(commands.Cog, name="Approvals"):
    """Each press is authorized again; approvers need not see the channel where the order was placed."""

    def __init__(
        self, registry: InteractionRegistry, *, approvals: Approvals, catalogue: Catalogue, languages: ServerLanguages
    ) -> None:
        self._approvals = approvals
        self._languages = languages
        self._catalogue = catalogue
        registry.add_button(RequestsButton, self.list_clicked)
        registry.add_button(RequestButton, self.request_clicked)
        registry.add_button(ApproveButton, self.approve_clicked)
        registry.add_button(DenyButton, self.deny_clicked)
        registry.add_form("deny", self.deny_sent)

    async def list_clicked(self, interaction: discord.Interaction[Any], _: RequestsButton) -> None:
        requests = await self._approvals.to_decide(await member_of(interaction))
        await reply(interaction, view=RequestsPage(requests))

    async def request_clicked(self, interaction: discord.Interaction[Any], button: RequestButton) -> None:
        request = await self._approvals.request(await member_of(interaction), button.job_id)
        label = self._catalogue.label(request.job.request.model)
        await reply(interaction, view=RequestCard(request.job, label, request.left, others=request.others))

    async def approve_clicked(self, interaction: discord.Interaction[Any], button: ApproveButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._show(interaction, await self._approvals.approve(member, button.job_id))

    async def deny_clicked(self, interaction: discord.Interaction[Any], button: DenyButton) -> None:
        job = await self._approvals.check(await member_of(interaction), button.job_id)
        await open_form(interaction, DenyForm(job.id))

    async def deny_sent(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._show(interaction, await self._approvals.deny(member, JobId(about), text_in(fields)))

    async def _show(self, interaction: discord.Interaction[Any], job: Job) -> None:
        async with self._languages.reading_pressed(interaction):
            view = DecidedRequest(job)
        await update(interaction, view)
