"""The quote before an expensive order: its price, its usual time, what is left after it; and cheaper options.

A quote is a promise: no more than that is charged. If the price has gone up by the time it is confirmed, or a different
video would be made, nothing is ordered, and there is a new quote.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord
from discord import ButtonStyle
from discord.ui import ActionRow, Button, Container, Item, Select, TextDisplay

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.ids import JobId
from bot.domain.messages import Message
from bot.domain.money.usd import Usd
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.quotes.details import QuoteDetails, Quotes
from bot.ui.cards.job_card import BLUE
from bot.ui.dialogs.ordering import OrderPlacement
from bot.ui.dialogs.prompting.buttons import improve_button
from bot.ui.dialogs.quoting.questions import No, OpenQuestions, Question
from bot.ui.interactions.error_handler import Unsent, carried, carry, kept, report_instead
from bot.ui.interactions.members import as_now
from bot.ui.interactions.responses import acknowledge, update
from bot.ui.text.formatting import cut, one_line
from bot.ui.text.limits import LONGEST_LABEL, LONGEST_OPTION
from bot.ui.text.phrases.ordering import quotes as phrases
from bot.ui.text.render import plain_text, render

Answer = Callable[[discord.Interaction[Any]], Awaitable[None]]


@value_object
class Quoted:
    """What a question is about. `was`: the previous quote, before it changed."""

    member: Member
    details: QuoteDetails
    instead_of: JobId | None = None
    was: Usd | None = None

    @property
    def quote(self) -> Quote:
        return self.details.quote


@wired
class QuoteDialogs:
    """From a quote to its order, confirmed first if it is expensive."""

    placement: OrderPlacement
    quotes: Quotes
    questions: OpenQuestions
    has_helper: bool = False  # which can improve the prompt of the order

    async def order(
        self, interaction: discord.Interaction[Any], member: Member, quote: Quote, *, is_dear: bool
    ) -> None:
        """Place a checked order, or ask first if it `is_dear`.

        Nobody is asked about an order that could not be placed.
        """
        if is_dear:
            await self.placement.check(interaction, member, quote)
            details = await self.quotes.details(member, quote)
            question = await self._question(Quoted(member=member, details=details), carried(interaction))
            await self.questions.ask(interaction, question)
        elif (edited := self.questions.behind(interaction)) is not None:
            await self.placement.place_asked(interaction, member, quote)
            edited.stop()  # if that was refused, the previous quote is still open
        else:
            await self.placement.place(interaction, member, quote)

    async def confirmed(
        self, interaction: discord.Interaction[Any], member: Member, quote: Quote, *, instead_of: JobId | None = None
    ) -> None:
        """After this very quote was confirmed: order it if it still holds, otherwise show the current quote.

        `member` is as they were when asked; their current roles decide what they may do.
        """
        await acknowledge(interaction)
        member = await as_now(interaction, member)
        now = await self.placement.create.quote_today(member, quote)
        if quote.holds(now):
            await self.placement.place_asked(interaction, member, now, instead_of=instead_of)
            return
        details = await self.quotes.details(member, now)
        await self.show(interaction, Quoted(member=member, details=details, instead_of=instead_of, was=quote.price))

    async def show(self, interaction: discord.Interaction[Any], quoted: Quoted) -> None:
        """Replace the question that was answered."""
        await self.replace(interaction, await self._question(quoted, carried(interaction)))

    async def replace(self, interaction: discord.Interaction[Any], question: Question) -> None:
        message = await update(interaction, question)
        if message is not None:
            self.questions.by_message[message] = question

    async def _question(self, quoted: Quoted, unsent: Unsent | None) -> QuoteQuestion:
        edit = await kept(unsent)
        return QuoteQuestion(self, quoted, unsent, edit, improve_button(unsent, edit) if self.has_helper else None)


class QuoteQuestion(Question):
    """The quote card. `edit` reopens the form as it was filled in, and `improve` asks the prompt helper about it."""

    def __init__(
        self,
        dialogs: QuoteDialogs,
        quoted: Quoted,
        unsent: Unsent | None,
        edit: Item[Any] | None,
        improve: Item[Any] | None = None,
    ) -> None:
        super().__init__(unsent)
        words = TextDisplay[QuoteQuestion](render(phrases.question(quoted.details, quoted.was)))
        self.add_item(Container(words, accent_colour=BLUE))

        async def go(interaction: discord.Interaction[Any]) -> None:
            await dialogs.confirmed(interaction, quoted.member, quoted.quote, instead_of=quoted.instead_of)

        async def cheaper(interaction: discord.Interaction[Any]) -> None:
            await dialogs.replace(interaction, CheaperQuestion(dialogs, quoted, self.unsent))

        buttons: list[Item[Any]] = [AnswerButton(self, phrases.go(quoted.quote), go, style=ButtonStyle.success)]
        buttons += [each for each in (edit, improve) if each is not None]
        buttons += [AnswerButton(self, phrases.CHEAPER, cheaper)] if quoted.details.cheaper else []
        self.add_item(ActionRow(*buttons, No(self)))


class CheaperQuestion(Question):
    """Cheaper options, each with its price and what is given up. Choosing one quotes it."""

    def __init__(self, dialogs: QuoteDialogs, quoted: Quoted, unsent: Unsent | None) -> None:
        super().__init__(unsent)
        words = TextDisplay[CheaperQuestion](render(phrases.cheaper(quoted.quote, quoted.details.cheaper)))
        self.add_item(Container(words, accent_colour=BLUE))

        async def back(interaction: discord.Interaction[Any]) -> None:
            await dialogs.show(interaction, quoted)

        self.add_item(ActionRow(CheaperSelect(self, dialogs, quoted)))
        self.add_item(ActionRow(AnswerButton(self, phrases.BACK, back), No(self)))


class AnswerButton(Button[Any]):
    """Ends its question and carries out its answer; errors are shown in place of the question."""

    def __init__(
        self, question: Question, label: Message, answer: Answer, *, style: ButtonStyle = ButtonStyle.secondary
    ) -> None:
        super().__init__(label=one_line(plain_text(label), LONGEST_LABEL), style=style)
        self._question = question
        self._answer = answer

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answered(interaction, self._question, self._answer)


class CheaperSelect(Select[Any]):
    def __init__(self, question: Question, dialogs: QuoteDialogs, quoted: Quoted) -> None:
        offers = quoted.details.cheaper
        options = [
            discord.SelectOption(
                label=cut(plain_text(phrases.option(offer)), LONGEST_OPTION),
                value=str(number),
                description=cut(plain_text(phrases.changes(offer, quoted.quote)), LONGEST_OPTION),
            )
            for number, offer in enumerate(offers)
        ]
        super().__init__(placeholder=plain_text(phrases.CHOOSE), options=options)
        self._question = question
        self._dialogs = dialogs
        self._quoted = quoted

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await answered(interaction, self._question, self._quote)

    async def _quote(self, interaction: discord.Interaction[Any]) -> None:
        """Quote the chosen one again: with a picture of its own size, and under the current conditions."""
        await acknowledge(interaction)
        member, before = await as_now(interaction, self._quoted.member), self._quoted.quote
        create = self._dialogs.placement.create
        chosen = self._quoted.details.cheaper[int(self.values[0])]
        fitted = await create.quoting.instead(chosen, before.request, fresh=True, owner=member.id)
        quote = await create.quote_today(member, fitted)
        if self._question.unsent is not None:
            request = quote.request
            carry(interaction, self._question.unsent.choosing(request.model, request.seconds, str(request.size)))
        quoted = replace(
            self._quoted, member=member, details=await self._dialogs.quotes.details(member, quote), was=None
        )
        await self._dialogs.show(interaction, quoted)


async def answered(interaction: discord.Interaction[Any], question: Question, answer: Answer) -> None:
    """Carries out an answer, but only the first one."""
    if not question.take_answer():
        await acknowledge(interaction)
        return
    carry(interaction, question.unsent)
    try:
        await answer(interaction)
    except Exception as error:  # noqa: BLE001 (one click; everything is told or logged)
        await report_instead(interaction, error)
