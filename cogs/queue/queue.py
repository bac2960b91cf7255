"""/queue: a server's orders under its managers' control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.phases import Cancelled, Trait
from bot.domain.queue.state import HoldKind
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.jobs.use_cases.queue.bulk import BulkWork
from bot.jobs.use_cases.queue.manage import ManageQueue, check_may_manage_queue
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.forms import text_in
from bot.ui.dialogs.queue_orders import (
    CancelOrderButton,
    CancelOrderQuestion,
    FrontButton,
    HoldForm,
    ManagedOrder,
    ReallyCancelButton,
)
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, open_form, reply, update
from bot.ui.screens.bulk import run_box
from bot.ui.screens.queue import PER_PAGE, HoldButton, ManageButton, QueuePageButton, QueueScreen, ResumeButton
from bot.ui.screens.requests import RequestsPage
from bot.ui.text.phrases import errors, queue


class QueueCog(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        manage: ManageQueue,
        work: BulkWork,
        approvals: Approvals,
    ) -> None:
        self._manage = manage
        self._work = work
        self._approvals = approvals
        registry.add_button(QueuePageButton, self.page_clicked)
        registry.add_button(HoldButton, self.hold_clicked)
        registry.add_button(ResumeButton, self.resume_clicked)
        registry.add_form("hold", self.hold_sent)
        registry.add_button(ManageButton, lookup.clicks(self.manage_clicked))
        registry.add_button(FrontButton, lookup.clicks(self.front_clicked))
        registry.add_button(CancelOrderButton, lookup.clicks(self.cancel_clicked))
        registry.add_button(ReallyCancelButton, lookup.clicks(self.really_cancel_clicked))

    @app_commands.command(description=locale_str("Everything rendering and waiting here; pause, move or cancel orders"))
    @app_commands.default_permissions(manage_guild=True)
    async def queue(self, interaction: discord.Interaction[Any]) -> None:
        member = await member_of(interaction)
        requests = [] if member.manages else await self._approvals.to_decide(member)
        await reply(interaction, view=RequestsPage(requests) if requests else await self._page(member, 0))

    async def _page(self, member: Member, page: int) -> QueueScreen:
        overview = await self._manage.overview(member, page, PER_PAGE)
        run = await self._work.latest(member.guild_id)
        if run is None or not self._work.is_news(run):
            return QueueScreen(overview)
        return QueueScreen(overview, run_box(run, interrupted=self._work.is_interrupted(run)))

    async def page_clicked(self, interaction: discord.Interaction[Any], button: QueuePageButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await update(interaction, await self._page(member, button.page))

    async def hold_clicked(self, interaction: discord.Interaction[Any], button: HoldButton) -> None:
        check_may_manage_queue(await member_of(interaction))
        await open_form(interaction, HoldForm(button.kind))

    async def resume_clicked(self, interaction: discord.Interaction[Any], _: ResumeButton) -> None:
        member = await member_of(interaction)
        await self._manage.resume(member)
        await update(interaction, await self._page(member, 0))

    async def hold_sent(self, interaction: discord.Interaction[Any], about: str, fields: Mapping[str, str]) -> None:
        if about not in set(HoldKind):
            raise BadRequest(errors.OTHER_FORM)
        member = await member_of(interaction)
        await self._manage.hold(member, HoldKind(about), text_in(fields))
        await update(interaction, await self._page(member, 0))

    async def manage_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_may_manage_queue(member)
        (known,) = await self._manage.browse.private_videos.as_known(member, [job])
        can_cancel = Trait.CANCELLABLE in job.phase.traits and job.cancel_asked_by is None
        await reply(interaction, view=ManagedOrder(known, self._manage.browse.label(job), can_cancel=can_cancel))

    async def front_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._manage.move_to_front(member, job)
        await update(interaction, Note(queue.moved(job)))

    async def cancel_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        self._manage.check_may_cancel(member, job)
        await update(interaction, CancelOrderQuestion(job))

    async def really_cancel_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        cancelled = await self._manage.cancel(member, job)
        await update(interaction, Note(queue.cancelled(job, at_once=isinstance(cancelled.phase, Cancelled))))
