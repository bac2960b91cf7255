"""Answers what no command answers: sent forms, also those opened before a restart, and forgotten buttons."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import discord
from discord.ext import commands

from bot.client import InteractionRegistry
from bot.ui.dialogs.forms import component_id, sent_form
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.error_handler import report, say
from bot.ui.interactions.responses import watch
from bot.ui.text.phrases.errors import FORGOTTEN, OTHER_BUTTON, OTHER_FORM

OWNERS_TURN = 1.5  # seconds a live view has to answer its own button before it counts as forgotten
VERSIONED = re.compile(r"k\d+:")  # the beginning of an id of some version of ours


class Answers(commands.Cog):
    def __init__(self, registry: InteractionRegistry) -> None:
        self._registry = registry

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if not await is_admitted(interaction):
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
            await say(interaction, OTHER_FORM if _is_versioned(interaction) else FORGOTTEN)
            return
        verb, about, fields = sent
        await self._registry.sent(interaction, verb, about, fields)

    async def _component(self, interaction: discord.Interaction[Any]) -> None:
        if self._registry.knows(component_id(interaction)):
            return
        if _is_versioned(interaction):
            await say(interaction, OTHER_BUTTON)
            return
        await asyncio.sleep(OWNERS_TURN)
        if not interaction.response.is_done():
            await say(interaction, FORGOTTEN)


def _is_versioned(interaction: discord.Interaction[Any]) -> bool:
    return VERSIONED.match(component_id(interaction)) is not None
