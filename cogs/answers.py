"""Answers what no command answers: sent forms, also those opened before a restart, and forgotten buttons."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord.ext import commands

from bot.client import InteractionRegistry, is_ours_to_answer
from bot.ui.dialogs.forms import component_id, sent_form
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.error_handler import report, say
from bot.ui.interactions.responses import watch
from bot.ui.text.phrases.errors import FORGOTTEN

OWNERS_TURN = 1.5  # seconds a live view has to answer its own button before it counts as forgotten


class Answers(commands.Cog):
    def __init__(self, registry: InteractionRegistry) -> None:
        self._registry = registry

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if not is_ours_to_answer(interaction):
            return
        try:
            if interaction.type is discord.InteractionType.modal_submit:
                watch(interaction)
                await self._form(interaction)
            elif interaction.type is discord.InteractionType.component:
                await self._component(interaction)
        except Exception as error:  # noqa: BLE001 (one interaction; everything is told or logged)
            await report(interaction, error)

    async def _form(self, interaction: discord.Interaction[Any]) -> None:
        sent = sent_form(interaction)
        if sent is None or sent[0] not in self._registry.forms:
            await say(interaction, FORGOTTEN)
            return
        verb, about, fields = sent
        await self._registry.sent(interaction, verb, about, fields)

    async def _component(self, interaction: discord.Interaction[Any]) -> None:
        custom_id = component_id(interaction)
        if custom_id.startswith(f"{VERSION}:"):
            return
        await asyncio.sleep(OWNERS_TURN)
        if not interaction.response.is_done():
            await say(interaction, FORGOTTEN)
