"""Reports and take-downs: two message menus, the forms behind them, and the card for managers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import discord
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.moderation.blocks import BlockMembers
from bot.jobs.use_cases.moderation.reports import ReportVideos
from bot.jobs.use_cases.moderation.take_downs import TakeDowns
from bot.ui.cards.case_card import BlockMakerButton, DismissReportButton, TakeDownButton
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.forms import text_in
from bot.ui.dialogs.moderation import screening
from bot.ui.dialogs.moderation.reports import (
    BLOCK_MAKER,
    REPORT,
    TAKE_DOWN,
    TAKE_DOWN_REPORTED,
    ReportForm,
    TakeDownForm,
    with_remixes_in,
)
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import fetched_or_left
from bot.ui.interactions.responses import open_form, reply
from bot.ui.screens.video.buttons import ReportButton
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.phrases.moderation.screening import blocked

FOLLOWED = 600.0  # seconds an answer is kept up to date; Discord accepts changes to it for 900
SOON, BETWEEN = 0.25, 5.0  # seconds until the first of them, and at most between two


class ReportsCog(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        videos: ReportVideos,
        take_downs: TakeDowns,
        block_members: BlockMembers,
    ) -> None:
        self._lookup = lookup
        self._videos = videos
        self._take_downs = take_downs
        self._block_members = block_members
        registry.add_menu(locale_str("Report this video"), self.report_message)
        registry.add_menu(locale_str("Take down this video"), self.take_down_message, for_managers=True)
        registry.add_button(ReportButton, lookup.clicks(self.report_clicked, watching=True))
        registry.add_button(TakeDownButton, lookup.clicks(self.take_down_clicked))
        registry.add_button(DismissReportButton, lookup.clicks(self.dismiss_clicked))
        registry.add_button(BlockMakerButton, lookup.clicks(self.block_clicked))
        registry.add_form(BLOCK_MAKER, lookup.forms(self.block_sent))
        registry.add_form(REPORT, lookup.forms(self.report_sent, watching=True))
        registry.add_form(TAKE_DOWN, lookup.forms(self.take_down_sent))
        registry.add_form(TAKE_DOWN_REPORTED, lookup.forms(self.take_down_reported_sent))

    async def report_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        job, member = await self._lookup.on_message(interaction, message)
        await self.report_clicked(interaction, job, member)

    async def report_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._videos.check_may_report(member, job)
        await open_form(interaction, ReportForm(job))

    async def report_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        await self._videos.report(member, job, text_in(fields))
        await reply(interaction, view=Note(reports.REPORTED))

    async def dismiss_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._videos.dismiss(member, job)
        await reply(interaction, view=Note(reports.dismissed(job)))

    async def block_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._take_downs.authorization.authorize(member, Act.MODERATE)
        await open_form(interaction, screening.block(BLOCK_MAKER, about=job.id))

    async def block_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        """Who made the video, as Discord has them now."""
        await self._take_downs.authorization.authorize(member, Act.MODERATE)
        maker = await fetched_or_left(interaction.client, job.guild_id, job.owner_id)
        until, reason = fields.get(screening.UNTIL, ""), fields.get(screening.REASON, "")
        done = await self._block_members.block(member, maker, until=until, reason=reason)
        await reply(interaction, view=Note(blocked(done)))

    async def take_down_message(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        job, member = await self._lookup.on_message(interaction, message)
        await open_form(interaction, TakeDownForm(await self._take_downs.preview(member, job), was_reported=False))

    async def take_down_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await open_form(interaction, TakeDownForm(await self._take_downs.preview(member, job), was_reported=True))

    async def take_down_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        await self._begin(interaction, job, member, fields, was_reported=False)

    async def take_down_reported_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        await self._begin(interaction, job, member, fields, was_reported=True)

    async def _begin(
        self,
        interaction: discord.Interaction[Any],
        job: Job,
        member: Member,
        fields: Mapping[str, str],
        *,
        was_reported: bool,
    ) -> None:
        await self._take_downs.begin(
            member, job, reason=text_in(fields), with_remixes=with_remixes_in(fields), was_reported=was_reported
        )
        answer = await reply(interaction, view=Note(reports.begun(job)))
        with contextlib.suppress(*TROUBLE):  # the answer was dismissed; the work goes on
            await self._follow(answer, job)

    async def _follow(self, answer: discord.Message, job: Job) -> None:
        """Say what was done and what was not, as soon as each video has been tried once."""
        loop, pause = asyncio.get_running_loop(), SOON
        until = loop.time() + FOLLOWED
        while loop.time() < until:
            case = await self._take_downs.cases.of(job.id)
            if case is None or case.take_down is None:
                return
            if not case.take_down.todo:
                await answer.edit(view=Note(reports.finished(job, case.take_down)))
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, BETWEEN)
