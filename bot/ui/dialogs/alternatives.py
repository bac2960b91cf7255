"""Another model instead of one that fails: suggested before an order, offered after it, used only with confirmation.

The questions are for the asker only and live in memory: unanswered, they end, and nothing is ordered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import discord
from discord import ButtonStyle
from discord.ui import ActionRow, Button, Item, TextDisplay

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.video import VideoRequest
from bot.jobs.ordering.alternatives import FailingModelWarning, ModelAlternatives
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.authorization import Authorization
from bot.ui.dialogs.quoting.questions import No, Question
from bot.ui.dialogs.quoting.quotes import Quoted, QuoteDialogs, answered
from bot.ui.interactions.error_handler import carried, kept
from bot.ui.interactions.responses import acknowledge
from bot.ui.text.formatting import one_line
from bot.ui.text.limits import LONGEST_LABEL
from bot.ui.text.phrases import dialogs as phrases
from bot.ui.text.render import plain_text, render

MOST_ASKED = 2  # other models offered in the question before an order
MOST_OFFERED = 4  # in the list behind "Another model": a row holds five buttons, one of which is No


@wired
class OrderDialogs:
    """From a quote to an order, including the questions before it and the alternatives offered."""

    quotes: QuoteDialogs
    alternatives: ModelAlternatives
    authorization: Authorization

    async def order(
        self, interaction: discord.Interaction[Any], member: Member, quote: Quote, *, ask: bool = False
    ) -> None:
        """Place a checked order; ask first if its model fails here, if it is expensive, or if told to `ask`."""
        failing, is_dear = await asyncio.gather(
            self.alternatives.failing(quote), self.quotes.placement.create.needs_a_yes(member, quote)
        )
        if failing is None:
            await self.quotes.order(interaction, member, quote, is_dear=is_dear or ask)
        else:
            warning = await self.alternatives.warning(quote, failing, await self.authorization.limits(member))
            await self.quotes.placement.check(interaction, member, quote, warning.others)
            edit = await kept(carried(interaction))
            await self.quotes.questions.ask(interaction, FailingModelQuestion(self, member, quote, warning, edit))

    async def offer_others(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Answer with the other models that can make what a job could not, or waits for."""
        limits = await self.authorization.authorize(member, Act.MAKE)
        offers = await self.alternatives.others(member, job, limits)
        if job.is_at_rest:  # a waiting one would free its slot itself
            await self.quotes.placement.create.check_room(member, *(offer.price for offer in offers))
        await self.quotes.questions.ask(interaction, OthersQuestion(self, member, job, offers))


class FailingModelQuestion(Question):
    """Shown before an order whose model fails. `edit` reopens the form as it was filled in."""

    def __init__(
        self,
        dialogs: OrderDialogs,
        member: Member,
        quote: Quote,
        warning: FailingModelWarning,
        edit: Item[Any] | None = None,
    ) -> None:
        super().__init__()
        others = warning.others[:MOST_ASKED]
        head = phrases.model_fails(quote, warning.failing)
        self.add_item(TextDisplay(render(phrases.offers(head, others, quote.request))))
        anyway = OrderButton(self, dialogs, member, quote, phrases.make_it_anyway(quote), style=ButtonStyle.secondary)
        instead = [
            OrderButton(self, dialogs, member, offer, phrases.with_model(offer), was=quote.request) for offer in others
        ]
        self.add_item(ActionRow(anyway, *instead, *([] if edit is None else [edit]), No(self)))


class OthersQuestion(Question):
    """Behind the button *Another model*. For a job that still waits, choosing cancels it."""

    def __init__(self, dialogs: OrderDialogs, member: Member, job: Job, offers: Sequence[Quote]) -> None:
        super().__init__()
        offers = offers[:MOST_OFFERED]
        self.add_item(TextDisplay(render(phrases.offers(phrases.another_model(job), offers, job.request))))
        buttons = [
            OrderButton(self, dialogs, member, offer, phrases.take(offer), was=job.request, job=job) for offer in offers
        ]
        self.add_item(ActionRow(*buttons, No(self)))


class OrderButton(Button[Any]):
    """Orders what it says. `was`: the order that another model takes over; `job`: what that order has become."""

    def __init__(
        self,
        question: Question,
        dialogs: OrderDialogs,
        member: Member,
        offer: Quote,
        label: Message,
        *,
        was: VideoRequest | None = None,
        job: Job | None = None,
        style: ButtonStyle = ButtonStyle.success,
    ) -> None:
        super().__init__(label=one_line(plain_text(label), LONGEST_LABEL), style=style)
        self._question = question
        self._dialogs = dialogs
        self._member = member
        self._offer = offer
        self._was = was
        self._job = job

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answered(interaction, self._question, self._order)

    async def _order(self, interaction: discord.Interaction[Any]) -> None:
        offer, job = self._offer, self._job
        await acknowledge(interaction)
        if self._was is not None:
            alternatives, owner = self._dialogs.alternatives, self._member.id
            offer = await alternatives.taken(offer, self._was, fresh=job is None, owner=owner)
        instead_of, quotes = None if job is None else job.id, self._dialogs.quotes
        needs_approval = await quotes.placement.create.approval_above(self._member, offer.price) is not None
        if needs_approval and (job is None or job.is_at_rest):
            details = await quotes.quotes.details(self._member, offer)
            await quotes.show(interaction, Quoted(member=self._member, details=details, instead_of=instead_of))
            return
        await quotes.confirmed(interaction, self._member, offer, instead_of=instead_of)
