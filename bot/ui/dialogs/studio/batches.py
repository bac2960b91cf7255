"""Several videos at once: a list and the total are shown first, and confirming that orders all of them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ButtonStyle
from discord.ui import ActionRow, Container, Item, TextDisplay

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import OverBudget, TooManyWaiting
from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.jobs.ordering.alternatives import ModelAlternatives
from bot.jobs.ordering.batches import BatchQuote
from bot.jobs.ordering.quoting import OrderRequest, Quote
from bot.jobs.use_cases.studio.batches import BatchDetails, OrderBatches
from bot.ui.cards.job_card import BLUE
from bot.ui.dialogs.quoting.questions import No, Question
from bot.ui.dialogs.quoting.quotes import AnswerButton, QuoteDialogs
from bot.ui.interactions.error_handler import carried, kept
from bot.ui.interactions.members import as_now
from bot.ui.interactions.responses import acknowledge
from bot.ui.text.phrases.studio import batch_questions as phrases
from bot.ui.text.render import render

OFFERED = (2, 4)  # variations


@value_object
class AskedBatch:
    """What a question is about. `as_written`: a single order instead; `was`: the previous quote, before it changed."""

    member: Member
    details: BatchDetails
    as_written: Quote | None = None
    was: Usd | None = None

    @property
    def batch(self) -> BatchQuote:
        return self.details.batch


@wired
class BatchDialogs:
    """Nobody is asked about orders that could not be placed."""

    batches: OrderBatches
    quotes: QuoteDialogs
    alternatives: ModelAlternatives

    async def ask_prompts(
        self, interaction: discord.Interaction[Any], member: Member, order: OrderRequest, prompts: Sequence[str]
    ) -> None:
        """About a prompt with choices in it, which may also be meant literally."""
        batch = await self.batches.quote_prompts(member, order, prompts)
        first = batch.quotes[0]
        literal = replace(first, request=replace(first.request, prompt=order.prompt.strip()))
        await self.ask(interaction, member, batch, as_written=literal)

    async def ask(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        batch: BatchQuote,
        *,
        as_written: Quote | None = None,
    ) -> None:
        await self.quotes.placement.check_batch(interaction, member, batch)
        details = await self._details(member, batch)
        asked = AskedBatch(member=member, details=details, as_written=as_written)
        await self.quotes.questions.ask(interaction, await self._question(interaction, asked))

    async def offer_variations(self, interaction: discord.Interaction[Any], member: Member, job: Job) -> None:
        """As many variations of a video as may be ordered at once; each choice has its total."""
        fewest, *more = await self.batches.offer_variations(member, job.id, OFFERED)
        await self.quotes.placement.check_batch(interaction, member, fewest)
        offers = [await self._details(member, fewest)]
        for offer in more:
            with contextlib.suppress(OverBudget, TooManyWaiting):  # fewer are possible
                await self.quotes.placement.check_batch(interaction, member, offer)
                offers.append(await self._details(member, offer))
        await self.quotes.questions.ask(interaction, VariationsQuestion(self, member, job, offers))

    async def confirmed(self, interaction: discord.Interaction[Any], asked: AskedBatch) -> None:
        """After this very batch was confirmed: order it if it still holds, otherwise show the current quote."""
        await acknowledge(interaction)
        member = await as_now(interaction, asked.member)
        now = await self.batches.today(member, asked.batch)
        if asked.batch.holds(now):
            await self.quotes.placement.place_asked(interaction, member, now)
            return
        details = await self._details(member, now)
        changed = replace(asked, member=member, details=details, was=asked.batch.price)
        await self.quotes.replace(interaction, await self._question(interaction, changed))

    async def _details(self, member: Member, batch: BatchQuote) -> BatchDetails:
        details = await self.batches.details(member, batch)
        failing = {quote.card.label: await self.alternatives.failing(quote) for quote in batch.distinct}
        return replace(details, failing={label: how for label, how in failing.items() if how is not None})

    async def _question(self, interaction: discord.Interaction[Any], asked: AskedBatch) -> BatchQuestion:
        return BatchQuestion(self, asked, await kept(carried(interaction)))


class BatchQuestion(Question):
    """`edit` reopens the form as it was filled in."""

    def __init__(self, dialogs: BatchDialogs, asked: AskedBatch, edit: Item[Any] | None) -> None:
        super().__init__()
        words = TextDisplay[BatchQuestion](render(phrases.question(asked.details, asked.was)))
        self.add_item(Container(words, accent_colour=BLUE))

        async def go(interaction: discord.Interaction[Any]) -> None:
            await dialogs.confirmed(interaction, asked)

        buttons: list[Item[Any]] = [AnswerButton(self, phrases.go(asked.batch), go, style=ButtonStyle.success)]
        if (literal := asked.as_written) is not None:

            async def one(interaction: discord.Interaction[Any]) -> None:
                await dialogs.quotes.confirmed(interaction, asked.member, literal)

            buttons.append(AnswerButton(self, phrases.as_written(literal), one))
        buttons += [] if edit is None else [edit]
        self.add_item(ActionRow(*buttons, No(self)))


class VariationsQuestion(Question):
    """How many variations of a video: each choice says what it costs in total, and a press orders it."""

    def __init__(self, dialogs: BatchDialogs, member: Member, job: Job, offers: Sequence[BatchDetails]) -> None:
        super().__init__()
        words = TextDisplay[VariationsQuestion](render(phrases.variations(job, offers)))
        self.add_item(Container(words, accent_colour=BLUE))
        self.add_item(ActionRow(*(self._button(dialogs, member, each) for each in offers), No(self)))

    def _button(self, dialogs: BatchDialogs, member: Member, offer: BatchDetails) -> Item[Any]:
        async def take(interaction: discord.Interaction[Any]) -> None:
            await dialogs.confirmed(interaction, AskedBatch(member=member, details=offer))

        return AnswerButton(self, phrases.so_many(offer.batch), take, style=ButtonStyle.success)
