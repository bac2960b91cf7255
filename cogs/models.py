"""/models, and the button that has another model make what one could not."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import VideoBot
from bot.domain.access import Member
from bot.domain.job import Job
from bot.ui.dialogs.alternatives import offer_others
from bot.ui.interactions.buttons import OtherButton
from bot.ui.interactions.members import check_channel
from bot.ui.interactions.responses import reply
from bot.ui.screens.models import ModelsButton, ModelSheet, ids_of, models_page
from bot.ui.text.formatting import one_line
from bot.ui.text.phrases.models import suggested, suggested_closed
from bot.ui.text.render import plain_text

Choice = app_commands.Choice
MOST_CHOICES = 25  # Discord shows no more


class Models(commands.Cog):
    def __init__(self, bot: VideoBot) -> None:
        self.bot = bot
        bot.add_dynamic_items(ModelsButton, OtherButton)
        bot.clicks |= {"other": self.other_clicked}

    @app_commands.command(
        description=locale_str("The models you can order: prices, lengths, sizes, and how they do right now")
    )
    @app_commands.describe(model=locale_str("One model in full"))
    async def models(self, interaction: discord.Interaction[Any], model: str | None = None) -> None:
        if model is None:
            await reply(interaction, view=await models_page(interaction))
            return
        (report,) = await self.bot.jobs.health.reports([self.bot.jobs.catalogue.card(model)])
        await reply(interaction, view=ModelSheet(report))

    @models.autocomplete("model")
    async def suggest_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        del interaction
        catalogue = self.bot.jobs.catalogue
        names = {model: one_line(plain_text(suggested(card)), 100) for model, card in catalogue.cards.items()}
        names |= {model: plain_text(suggested_closed(model)) for model in ids_of(catalogue) if model not in names}
        fitting = [(model, name) for model, name in names.items() if typed.lower() in name.lower()]
        return [Choice(name=name, value=model) for model, name in fitting[:MOST_CHOICES]]

    async def other_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await offer_others(interaction, job, member)


async def setup(bot: VideoBot) -> None:
    await bot.add_cog(Models(bot))
