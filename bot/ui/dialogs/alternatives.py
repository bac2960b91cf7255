"""Another model instead of one that fails: asked about before an order, offered after it, taken only with a yes.

The questions are for the asker alone and live in memory: unanswered, they end, and nothing is ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ButtonStyle
from discord.ui import ActionRow, Button, TextDisplay

from bot.domain.access import Member
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.video import VideoRequest
from bot.jobs.ordering.alternatives import FailingModelWarning
from bot.jobs.ordering.quoting import Quote
from bot.ui.dialogs import ordering
from bot.ui.dialogs.ordering import No, Question, ask, place
from bot.ui.interactions.error_handler import report
from bot.ui.interactions.members import client_of
from bot.ui.interactions.responses import think
from bot.ui.text.formatting import one_line
from bot.ui.text.phrases import dialogs
from bot.ui.text.render import plain_text, render

MOST_ASKED = 2  # other models beside an order that is asked about
MOST_OFFERED = 4  # in the list behind "Another model": a row holds five buttons, one of them is No


async def order(interaction: discord.Interaction[Any], member: Member, quote: Quote) -> None:
    """Place a checked order; ask first when its model fails here, or when it is dear."""
    doubt = await client_of(interaction).jobs.alternatives.doubt(quote)
    if doubt is None:
        await ordering.order(interaction, member, quote)
    else:
        await ask(interaction, DoubtQuestion(member, quote, doubt))


async def offer_others(interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
    """Answer with the other models that can make what a job could not, or waits for."""
    jobs = client_of(interaction).jobs
    await jobs.check_access(member)
    await ask(interaction, OthersQuestion(member, job, await jobs.alternatives.others(member, job)))


class DoubtQuestion(Question):
    """Shown before an order whose model fails."""

    def __init__(self, member: Member, quote: Quote, doubt: FailingModelWarning) -> None:
        super().__init__()
        others = doubt.others[:MOST_ASKED]
        head = dialogs.model_fails(quote, doubt.failing)
        self.add_item(TextDisplay(render(dialogs.offers(head, others, quote.request))))
        anyway = Take(self, member, quote, dialogs.make_it_anyway(quote), style=ButtonStyle.secondary)
        instead = [Take(self, member, offer, dialogs.with_model(offer), was=quote.request) for offer in others]
        self.add_item(ActionRow(anyway, *instead, No(self)))


class OthersQuestion(Question):
    """Behind the button *Another model*. For a job that still waits, choosing cancels it."""

    def __init__(self, member: Member, job: Job, offers: Sequence[Quote]) -> None:
        super().__init__()
        offers = offers[:MOST_OFFERED]
        self.add_item(TextDisplay(render(dialogs.offers(dialogs.another_model(job), offers, job.request))))
        buttons = [Take(self, member, offer, dialogs.take(offer), was=job.request, job=job) for offer in offers]
        self.add_item(ActionRow(*buttons, No(self)))


class Take(Button[Any]):
    """Orders what it says. `was`: the order that another model takes over; `job`: what that order has become."""

    def __init__(
        self,
        question: Question,
        member: Member,
        offer: Quote,
        label: Message,
        *,
        was: VideoRequest | None = None,
        job: Job | None = None,
        style: ButtonStyle = ButtonStyle.success,
    ) -> None:
        super().__init__(label=one_line(plain_text(label), 80), style=style)
        self._question = question
        self._member = member
        self._offer = offer
        self._was = was
        self._job = job

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        self._question.stop()
        try:
            await self._order(interaction)
        except Exception as error:  # noqa: BLE001 (one click; everything is told or logged)
            await report(interaction, error)
        await self._question.disappear()

    async def _order(self, interaction: discord.Interaction[Any]) -> None:
        offer, job = self._offer, self._job
        await think(interaction, ephemeral=offer.private and interaction.guild_id is not None)
        if self._was is not None:
            alternatives = client_of(interaction).jobs.alternatives
            offer = await alternatives.taken(offer, self._was, fresh=job is None)
        await place(interaction, self._member, offer, instead_of=None if job is None else job.id)
