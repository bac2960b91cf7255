"""/status, and the buttons that end a job or its card: Cancel, Delete and Dismiss."""

from __future__ import annotations

import contextlib
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands
from discord.ui import ActionRow, TextDisplay

from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_end
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.phases import AwaitingApproval, Cancelled, Failed
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.ui.cards.rendering import CardKeeper, CardRenderer
from bot.ui.dialogs.confirmations import DeleteQuestion, Note
from bot.ui.interactions.buttons import CancelButton, DeleteButton, DismissButton, ReallyDeleteButton, RequestButton
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, remove_pressed, reply, update
from bot.ui.publish.repost import RepostVideo
from bot.ui.screens.lists import StatusList
from bot.ui.text.phrases import dialogs
from bot.ui.text.phrases.values import label
from bot.ui.text.render import render

MOST_OF_MINE = 10


class Status(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        authorization: Authorization,
        browse: BrowseVideos,
        manage: ManageVideos,
        approvals: Approvals,
        renderer: CardRenderer,
        repost: RepostVideo,
        cards: CardKeeper,
    ) -> None:
        self._authorization = authorization
        self._browse = browse
        self._manage = manage
        self._approvals = approvals
        self._renderer = renderer
        self._repost = repost
        self._cards = cards
        registry.add_button(CancelButton, lookup.clicks(self.cancel_clicked))
        registry.add_button(DismissButton, lookup.clicks(self.dismiss_clicked))
        registry.add_button(DeleteButton, lookup.clicks(self.delete_clicked))
        registry.add_button(ReallyDeleteButton, lookup.clicks(self.really_delete_clicked))

    @app_commands.command(description=locale_str("Your videos and the queue"))
    @app_commands.describe(video=locale_str("A video's id, such as K7Q-4FD, or one of yours from the list"))
    async def status(self, interaction: discord.Interaction[Any], video: str | None = None) -> None:
        member = await member_of(interaction)
        if video is None:
            overview = await self._browse.overview(member, MOST_OF_MINE)
            requests = await self._approvals.to_decide(member) if overview.totals.to_approve else []
            refusal = None if overview.mine else await self._authorization.refusal(member)
            await reply(interaction, view=StatusList(overview, len(requests), refusal))
            return
        job = await self._browse.known(member, video)
        drawn = await self._renderer.draw(job)
        if job.private and job.owner_id != member.id and job.video is not None and job.is_at_rest:
            drawn.view.add_item(ActionRow(DeleteButton(job.id)))  # managers never see the video's own message
        if isinstance(job.phase, AwaitingApproval) and await self._approvals.may_decide(member, job):
            drawn.view.add_item(ActionRow(RequestButton(job.id)))
        if member.manages and (trouble := await self._cards.trouble_of(job)):
            drawn.view.add_item(TextDisplay(render(dialogs.card_trouble(trouble))))
        await reply(interaction, **drawn.as_message())

    @status.autocomplete("video")
    async def suggest_videos(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[Any]]:
        mine = await self._browse.mine(await member_of(interaction), MOST_OF_MINE)
        names = [(label(job), job.id) for job in mine]
        return [app_commands.Choice(name=name, value=id_) for name, id_ in names if typed.lower() in name.lower()]

    async def cancel_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._manage.cancel(member, job.id)
        await acknowledge(interaction)  # the card shows the result

    async def dismiss_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Remove the card of an order that produced nothing, even if shown by `/status`."""
        check_may_end(member, job)
        if not isinstance(job.phase, Failed | Cancelled):
            raise BadRequest(dialogs.not_dismissed(job))
        await acknowledge(interaction)
        await self._cards.dismiss(job)
        with contextlib.suppress(*TROUBLE):
            await remove_pressed(interaction)

    async def delete_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_may_end(member, job)
        await reply(interaction, view=DeleteQuestion(job))

    async def really_delete_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await acknowledge(interaction)
        deletion = await self._manage.delete(member, job.id)
        removed = await self._repost.remove_posts(interaction.client, job.id)
        note = dialogs.is_deleted(job, post_removed=removed, at_service=deletion.at_service)
        await update(interaction, Note(note))
