"""Answers what no command answers: sent forms, also those opened before a restart, and forgotten buttons."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

import discord
from discord.ext import commands

from bot.domain.errors import CardNotShown, OrderedAlready, Refusal
from bot.interaction_registry import InteractionRegistry
from bot.ui.dialogs.drafts import Draft, Drafts, EditTextButton, UnsentForm, says_something, was_opened_by_edit
from bot.ui.dialogs.forms import PROMPT, component_id, filled_in, sent_form
from bot.ui.dialogs.sent_forms import Sending, SentForms
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.error_handler import carry, report, say
from bot.ui.interactions.responses import begin
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.errors import FORGOTTEN, OTHER_BUTTON, OTHER_FORM, SENT_ALREADY, text_kept

SHOWN_TEXT = 1500  # characters of what was written, if the form can't be opened
OWNERS_TURN = 1.5  # seconds a live view has to answer its own button before it counts as forgotten
VERSIONED = re.compile(r"k\d+:")  # the beginning of our ids, in any version


class Answers(commands.Cog):
    def __init__(self, registry: InteractionRegistry, *, drafts: Drafts) -> None:
        self._registry = registry
        self._drafts = drafts
        self._sent = SentForms()
        registry.add_button(EditTextButton, self.edit_text_clicked)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        if not await is_admitted(interaction):
            return
        if interaction.type is discord.InteractionType.modal_submit:
            await self._form_once(interaction)
        elif interaction.type is discord.InteractionType.component:
            await _succeeds(interaction, self._component(interaction))

    async def _form_once(self, interaction: discord.Interaction[Any]) -> None:
        """Whoever submits it again, because nothing seemed to happen, must not order twice."""
        opening = (interaction.user.id, component_id(interaction))
        match self._sent.came(*opening, interaction.id):
            case Sending.FIRST:
                if not await _succeeds(interaction, self._form(interaction)):
                    self._sent.forget(*opening)
            case Sending.AGAIN:
                await say(interaction, SENT_ALREADY)
            case Sending.TWIN:
                pass

    async def _form(self, interaction: discord.Interaction[Any]) -> None:
        await begin(interaction, quiet=was_opened_by_edit(interaction))
        sent = sent_form(interaction)
        if sent is None or sent[0] not in self._registry.forms:
            await say(interaction, OTHER_FORM if _is_versioned(interaction) else FORGOTTEN)
            return
        verb, about, fields = sent
        if says_something(fields) and self._registry.opens_again(verb):
            draft = Draft(member_id=interaction.user.id, verb=verb, about=about, fields=filled_in(interaction))
            carry(interaction, UnsentForm(drafts=self._drafts, draft=draft))
        await self._registry.sent(interaction, verb, about, fields)

    async def edit_text_clicked(self, interaction: discord.Interaction[Any], button: EditTextButton) -> None:
        """The form once more; if that is impossible, at least the text."""
        draft = await self._drafts.of(interaction.user.id, button.mark)
        try:
            await self._registry.opened_again(interaction, draft.verb, draft.about, draft.fields)
        except Refusal as no:
            text = cut(draft.fields.get(PROMPT, ""), SHOWN_TEXT)
            await say(interaction, text_kept(no.message, text) if text else no.message)

    async def _component(self, interaction: discord.Interaction[Any]) -> None:
        if self._registry.knows(component_id(interaction)):
            return
        if _is_versioned(interaction):
            await say(interaction, OTHER_BUTTON)
            return
        await asyncio.sleep(OWNERS_TURN)
        if not interaction.response.is_done():
            await say(interaction, FORGOTTEN)


async def _succeeds(interaction: discord.Interaction[Any], answering: Awaitable[None]) -> bool:
    """Every failure is reported. An order already placed has not failed, whether or not anybody could be told."""
    try:
        await answering
    except Exception as error:  # noqa: BLE001 (one interaction; everything is told or logged)
        await report(interaction, error)
        return isinstance(error, CardNotShown | OrderedAlready)
    return True


def _is_versioned(interaction: discord.Interaction[Any]) -> bool:
    return VERSIONED.match(component_id(interaction)) is not None
