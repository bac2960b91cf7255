"""/prompt and /describe: a prompt before and after, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.models.card import LONGEST_PROMPT
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.prompting.ask import AskHelper, Suggestion
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.drafts import Drafts
from bot.ui.dialogs.prompting.buttons import ImproveButton, TakePromptButton, buttons_for
from bot.ui.dialogs.quoting.typed_order import TypedOrder, draft_for
from bot.ui.interactions.attachments import AttachedPictures
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.responses import reply, think
from bot.ui.screens.prompting.suggestion import SuggestionScreen
from bot.ui.text.phrases.ordering import prompting as phrases


class Prompts(commands.Cog):
    """The buttons, which also work once the helper has been turned off."""

    def __init__(
        self, registry: InteractionRegistry, *, ask: AskHelper | None, create_forms: CreateForms, drafts: Drafts
    ) -> None:
        self._ask = ask
        self._create_forms = create_forms
        self._drafts = drafts
        registry.add_button(TakePromptButton, self.prompt_taken)
        registry.add_button(ImproveButton, self.improve_clicked)

    async def prompt_taken(self, interaction: Interaction, button: TakePromptButton) -> None:
        """Nothing is ordered before its price is confirmed."""
        member = await member_of(interaction)
        typed = await self._create_forms.drafted(member, button.mark)
        await self._create_forms.order(interaction, member, typed, ask=True)

    async def improve_clicked(self, interaction: Interaction, button: ImproveButton) -> None:
        member = await member_of(interaction)
        await self.improve(interaction, member, await self._create_forms.drafted(member, button.mark))

    async def improve(self, interaction: Interaction, member: Member, typed: TypedOrder) -> None:
        if self._ask is None:
            raise BadRequest(phrases.NO_HELPER)
        check_channel(interaction)
        await think(interaction, ephemeral=True)
        suggestion = await self._ask.improve(member, typed.prompt)
        own = await self._drafts.keep(draft_for(member, typed))
        await self._show(interaction, member, suggestion, typed, own)

    async def describe(self, interaction: Interaction, member: Member, image: bytes) -> None:
        if self._ask is None:
            raise BadRequest(phrases.NO_HELPER)
        suggestion = await self._ask.describe(member, image)
        await self._show(interaction, member, suggestion, TypedOrder(prompt=""))

    async def _show(
        self,
        interaction: Interaction,
        member: Member,
        suggestion: Suggestion,
        typed: TypedOrder,
        own: str | None = None,
    ) -> None:
        written = await self._drafts.keep(draft_for(member, replace(typed, prompt=suggestion.prompt)))
        await reply(interaction, view=SuggestionScreen(suggestion, buttons_for(written, own)))


class PromptCommands(commands.Cog):
    """The commands, which exist if a helper is set up."""

    def __init__(self, prompts: Prompts, *, pictures: AttachedPictures) -> None:
        self._prompts = prompts
        self._pictures = pictures

    @app_commands.command(description=locale_str("Have an idea written as a prompt; nothing is ordered"))
    @app_commands.describe(idea=locale_str("What the video shows, in your words"))
    async def prompt(self, interaction: Interaction, idea: app_commands.Range[str, 1, LONGEST_PROMPT]) -> None:
        await self._prompts.improve(interaction, await member_of(interaction), TypedOrder(prompt=idea))

    @app_commands.command(description=locale_str("Have an image described as a prompt; nothing is ordered"))
    @app_commands.describe(image=locale_str("JPEG, PNG, WebP or GIF"))
    async def describe(self, interaction: Interaction, image: discord.Attachment) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        data = await self._pictures.read(interaction, member, image.url, image.size, private=True)
        await self._prompts.describe(interaction, member, data)
