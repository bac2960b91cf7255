"""The buttons on a card that needs a server manager: Link existing video, Retry and pay, Close."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.review import Review
from bot.ui.dialogs.confirmations import GiveUpQuestion, Note, PayAgainQuestion
from bot.ui.dialogs.decisions import AdoptForm
from bot.ui.dialogs.forms import text_in
from bot.ui.interactions.buttons import (
    AdoptButton,
    GiveUpButton,
    NotChargedButton,
    PayAgainButton,
    ReallyPayAgainButton,
    WasChargedButton,
)
from bot.ui.interactions.error_handler import say
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.responses import open_form, reply, update
from bot.ui.text.phrases import dialogs


class ReviewCog(commands.Cog):
    def __init__(self, registry: InteractionRegistry, lookup: JobLookup, *, review: Review) -> None:
        self._review = review
        registry.add_button(AdoptButton, lookup.clicks(self.adopt_clicked))
        registry.add_button(PayAgainButton, lookup.clicks(self.pay_again_clicked))
        registry.add_button(ReallyPayAgainButton, lookup.clicks(self.really_pay_again_clicked))
        registry.add_button(GiveUpButton, lookup.clicks(self.give_up_clicked))
        registry.add_button(NotChargedButton, lookup.clicks(self.not_charged_clicked))
        registry.add_button(WasChargedButton, lookup.clicks(self.was_charged_clicked))
        registry.add_form("adopt", lookup.forms(self.adopt_sent), lookup.forms(self.adopt_opened_again))

    async def adopt_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        if self._review.check(member, job).can_go_on:
            await self._review.go_on(member, job)
            await say(interaction, dialogs.goes_on(job))
        else:
            await open_form(interaction, AdoptForm(job, await self._review.candidate(job)))

    async def adopt_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        await self._review.adopt(member, job, text_in(fields))
        await say(interaction, dialogs.goes_on_with_that(job))

    async def adopt_opened_again(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        self._review.check(member, job)
        await open_form(interaction, AdoptForm(job, None, text_in(fields)))

    async def pay_again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        question = PayAgainQuestion(job, was_sent=self._review.check(member, job).was_sent)
        await reply(interaction, view=question)

    async def really_pay_again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._review.pay_again(member, job)
        await update(interaction, Note(dialogs.in_line_once_more(job)))

    async def give_up_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        self._review.check_may_close(member, job)
        await reply(interaction, view=GiveUpQuestion(job))

    async def not_charged_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._review.give_up(member, job, charged=False)
        await update(interaction, Note(dialogs.given_up(job)))

    async def was_charged_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        ended = await self._review.give_up(member, job, charged=True)
        await update(interaction, Note(dialogs.given_up_and_booked(job, ended.cost or job.quote)))
