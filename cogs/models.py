"""/models, and the button to use another model instead of one that couldn't make a video."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.domain.models.catalogue import Catalogue
from bot.interaction_registry import InteractionRegistry
from bot.jobs.providers.health import ModelHealth
from bot.ui.dialogs.alternatives import OrderDialogs
from bot.ui.interactions.buttons import OtherButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import check_channel
from bot.ui.interactions.responses import acknowledge, reply, update
from bot.ui.screens.models import ModelsButton, ModelSheet, ids_of, models_page
from bot.ui.text.formatting import one_line
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases.models import suggested, suggested_closed
from bot.ui.text.render import plain_text

Choice = app_commands.Choice


class Models(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        catalogue: Catalogue,
        health: ModelHealth,
        dialogs: OrderDialogs,
    ) -> None:
        self._catalogue = catalogue
        self._health = health
        self._dialogs = dialogs
        registry.add_button(ModelsButton, self.page_clicked)
        registry.add_button(OtherButton, lookup.clicks(self.other_clicked, watching=True))

    @app_commands.command(description=locale_str("Models you can order: prices, lengths, sizes, and how they're doing"))
    @app_commands.describe(model=locale_str("Details of one model"))
    async def models(self, interaction: discord.Interaction[Any], model: str | None = None) -> None:
        if model is None:
            await reply(interaction, view=await models_page(self._catalogue, self._health))
            return
        (report,) = await self._health.reports([self._catalogue.card(model)])
        await reply(interaction, view=ModelSheet(report))

    @models.autocomplete("model")
    async def suggest_models(self, _: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        catalogue = self._catalogue
        names = {
            model: one_line(plain_text(suggested(card)), LONGEST_OPTION) for model, card in catalogue.cards.items()
        }
        names |= {model: plain_text(suggested_closed(model)) for model in ids_of(catalogue) if model not in names}
        fitting = [(model, name) for model, name in names.items() if typed.lower() in f"{model} {name}".lower()]
        return [Choice(name=name, value=model) for model, name in fitting[:MOST_OPTIONS]]

    async def page_clicked(self, interaction: discord.Interaction[Any], button: ModelsButton) -> None:
        """Anybody may look, so nothing is checked."""
        await acknowledge(interaction)
        await update(interaction, await models_page(self._catalogue, self._health, button.model))

    async def other_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self._dialogs.offer_others(interaction, job, member)
