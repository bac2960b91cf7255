"""Several videos at once: *Variations…* of one, /compare, retrying failed ones, and the buttons on their card."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.models.card import LONGEST_PROMPT
from bot.interaction_registry import InteractionRegistry
from bot.jobs.ordering.batches import BatchQuote
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.studio.batches import OrderBatches
from bot.jobs.use_cases.studio.several import RetrySeveral
from bot.jobs.use_cases.studio.votes import Votes
from bot.ui.cards.batch_buttons import CancelWaitingButton, VoteButton
from bot.ui.cards.rendering import CardKeeper
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.studio.batches import BatchDialogs
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import check_channel, member_of
from bot.ui.interactions.responses import reply, think
from bot.ui.interactions.selects import chosen
from bot.ui.interactions.suggestions import ModelSuggestions
from bot.ui.screens.history.several import RetrySeveralButton
from bot.ui.screens.video.buttons import CompareButton, VariationsButton
from bot.ui.screens.video.compare import CompareScreen, CompareSelect
from bot.ui.text.phrases.studio import batches as phrases
from bot.ui.text.phrases.studio.more import NO_OTHER_MODEL

Choice = app_commands.Choice


class Batches(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        batches: OrderBatches,
        votes: Votes,
        retry: RetrySeveral,
        dialogs: BatchDialogs,
        cards: CardKeeper,
        authorization: Authorization,
        suggestions: ModelSuggestions,
    ) -> None:
        self._batches = batches
        self._votes = votes
        self._lookup = lookup
        self._retry = retry
        self._dialogs = dialogs
        self._cards = cards
        self._authorization = authorization
        self._suggestions = suggestions
        registry.add_button(VariationsButton, lookup.clicks(self.variations_clicked, watching=True))
        registry.add_button(CompareButton, lookup.clicks(self.compare_clicked, watching=True))
        registry.add_button(CompareSelect, self.compare_chosen)
        registry.add_button(RetrySeveralButton, self.retry_clicked)
        registry.add_button(CancelWaitingButton, lookup.clicks(self.cancel_waiting_clicked))
        registry.add_button(VoteButton, lookup.clicks(self.vote_clicked, watching=True))

    @app_commands.command(description=locale_str("Make one prompt with two models, side by side, and vote"))
    @app_commands.describe(
        prompt=locale_str("What the videos show: subject, action, place, light, camera"),
        model=locale_str("Model; the list shows prices"),
        against=locale_str("The other model"),
        seconds=locale_str("Length in seconds"),
        size=locale_str("Width x height in pixels"),
        private=locale_str("Send them to your direct messages instead of this channel"),
    )
    async def compare(
        self,
        interaction: discord.Interaction[Any],
        *,
        prompt: app_commands.Range[str, 1, LONGEST_PROMPT],
        model: str,
        against: str,
        seconds: int | None = None,
        size: str | None = None,
        private: bool = False,
    ) -> None:
        member = await member_of(interaction)
        check_channel(interaction)
        await think(interaction, ephemeral=True)
        order = OrderRequest(prompt=prompt, seconds=seconds, size=size, private=private)
        batch = await self._batches.quote_comparison(member, order, (model, against))
        await self._dialogs.ask(interaction, member, batch)

    @compare.autocomplete("model")
    async def suggest_models(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        return await self._suggested(interaction, typed)

    @compare.autocomplete("against")
    async def suggest_others(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        taken = getattr(interaction.namespace, "model", None)
        return [choice for choice in await self._suggested(interaction, typed) if choice.value != taken]

    async def _suggested(self, interaction: discord.Interaction[Any], typed: str) -> list[Choice[Any]]:
        limits = await self._authorization.limits(await member_of(interaction))
        return await self._suggestions.models(typed, limits, seconds=getattr(interaction.namespace, "seconds", None))

    async def variations_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        await self._dialogs.offer_variations(interaction, member, job)

    async def compare_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        check_channel(interaction)
        limits = await self._authorization.authorize(member, Act.MAKE)
        models = await self._suggestions.models("", limits, seconds=job.request.seconds)
        others = [each for each in models if each.value != job.request.model]
        if not others:
            raise BadRequest(NO_OTHER_MODEL)
        label = self._suggestions.catalogue.label(job.request.model)
        await reply(interaction, view=CompareScreen(job, label, others))

    async def compare_chosen(self, interaction: discord.Interaction[Any], select: CompareSelect) -> None:
        """New videos of the same prompt by the video's own model and the other one, side by side."""
        job, member = await self._lookup.watched(interaction, select.job_id)
        check_channel(interaction)
        await think(interaction, ephemeral=True)
        batch = await self._batches.quote_against(member, job, chosen(interaction))
        await self._dialogs.ask(interaction, member, batch)

    async def retry_clicked(self, interaction: discord.Interaction[Any], button: RetrySeveralButton) -> None:
        """All of the chosen ones that failed: one confirmation with the total, and all or none are ordered."""
        member = await member_of(interaction)
        check_channel(interaction)
        await think(interaction, ephemeral=True)
        quotes = await self._retry.quotes(member, button.name)
        if len(quotes) == 1:
            await self._dialogs.quotes.order(interaction, member, quotes[0], is_dear=True)
        else:
            await self._dialogs.ask(interaction, member, BatchQuote(quotes=tuple(quotes)))

    async def cancel_waiting_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        batch, ended = await self._batches.cancel_waiting(member, job.id)
        await reply(interaction, view=Note(phrases.cancelled(batch, ended) if ended else phrases.NOTHING_WAITS))

    async def vote_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        counts = await self._votes.vote(member, job)
        self._cards.refresh(job)
        await reply(interaction, view=Note(phrases.voted(phrases.number_of(job), counts=counts)))
