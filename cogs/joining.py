"""A server that Kinora joins gets a card with the first steps; this also handles that card's buttons."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.models.catalogue import Catalogue
from bot.interaction_registry import InteractionRegistry
from bot.jobs.notices.first_cards import FirstCards
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.quoting.typed_order import TYPED, TypedOrder
from bot.ui.interactions.members import member_of
from bot.ui.publish.joining.first_cards import free_model
from bot.ui.screens.settings.joining import FirstVideoButton, FreeTestButton
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings.joining import SAMPLE
from bot.ui.text.render import plain_text


class Joining(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        first_cards: FirstCards,
        create_forms: CreateForms,
        catalogue: Catalogue,
    ) -> None:
        self._first_cards = first_cards
        self._create_forms = create_forms
        self._catalogue = catalogue
        self._is_connected = False  # whether the servers at start-up have been processed, or are being processed
        registry.add_button(FirstVideoButton, self.first_video)
        registry.add_button(FreeTestButton, self.free_test)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        self._is_connected = True
        await self._first_cards.connected()

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """For a server that came after READY, or that Discord had lost for a while."""
        if self._is_connected:
            await self._first_cards.available(guild.id)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._first_cards.joined(guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._first_cards.left(guild.id)

    async def first_video(self, interaction: discord.Interaction[Any], _: FirstVideoButton) -> None:
        typed = TypedOrder(prompt=plain_text(SAMPLE))
        await self._create_forms.opened_again(interaction, TYPED, typed.as_fields())

    async def free_test(self, interaction: discord.Interaction[Any], _: FreeTestButton) -> None:
        """If its price has changed since the card was posted, nothing is ordered."""
        model = free_model(self._catalogue)
        if model is None:
            raise BadRequest(errors.OTHER_FORM)
        typed = TypedOrder(prompt=plain_text(SAMPLE), model=model.id)
        await self._create_forms.order(interaction, await member_of(interaction), typed)
