"""The buttons on a card that needs a server manager: Adopt, Pay again, Give up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.access import Member
from bot.domain.job import Job
from bot.ui.dialogs.confirmations import GiveUpQuestion, Note, PayAgainQuestion
from bot.ui.dialogs.forms import PROMPT, AdoptForm
from bot.ui.interactions.buttons import (
    AdoptButton,
    GiveUpButton,
    NotChargedButton,
    PayAgainButton,
    ReallyPayAgainButton,
    WasChargedButton,
)
from bot.ui.interactions.error_handler import say
from bot.ui.interactions.responses import open_form, reply, update
from bot.ui.text.phrases import dialogs


class ReviewCog(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        self.review = bot.jobs.review
        bot.add_dynamic_items(
            AdoptButton, PayAgainButton, ReallyPayAgainButton, GiveUpButton, NotChargedButton, WasChargedButton
        )
        bot.clicks |= {
            "adopt": self.adopt_clicked,
            "pay-again": self.pay_again_clicked,
            "really-pay-again": self.really_pay_again_clicked,
            "give-up": self.give_up_clicked,
            "not-charged": self.not_charged_clicked,
            "was-charged": self.was_charged_clicked,
        }
        bot.forms |= {"adopt": self.adopt_sent}

    async def adopt_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        if self.review.check(member, job).can_go_on:
            await self.review.go_on(member, job)
            await say(interaction, dialogs.goes_on(job))
        else:
            await open_form(interaction, AdoptForm(job, await self.review.candidate(job)))

    async def adopt_sent(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        await self.review.adopt(member, job, fields[PROMPT])
        await say(interaction, dialogs.goes_on_with_that(job))

    async def pay_again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        question = PayAgainQuestion(job, was_sent=self.review.check(member, job).was_sent)
        await reply(interaction, view=question)

    async def really_pay_again_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self.review.pay_again(member, job)
        await update(interaction, Note(dialogs.in_line_once_more(job)))

    async def give_up_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        self.review.check(member, job)
        await reply(interaction, view=GiveUpQuestion(job))

    async def not_charged_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self.review.give_up(member, job, charged=False)
        await update(interaction, Note(dialogs.given_up(job)))

    async def was_charged_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        ended = await self.review.give_up(member, job, charged=True)
        await update(interaction, Note(dialogs.given_up_and_booked(job, ended.cost or job.quote)))


async def setup(bot: VideoBot) -> None:
    await bot.add_cog(ReviewCog(bot))
