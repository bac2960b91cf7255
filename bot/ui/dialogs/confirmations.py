"""Short answers and questions for one person only."""

from __future__ import annotations

from discord.ui import ActionRow, LayoutView, TextDisplay

from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.usd import FREE
from bot.ui.interactions.buttons import NotChargedButton, ReallyDeleteButton, ReallyPayAgainButton, WasChargedButton
from bot.ui.text.phrases import dialogs
from bot.ui.text.render import render


class Note(LayoutView):
    """A sentence in place of something that had buttons."""

    def __init__(self, sentence: Message) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(sentence)))


class DeleteQuestion(Note):
    """Asked before a paid video is deleted, so that none is lost by accident."""

    def __init__(self, job: Job) -> None:
        super().__init__(dialogs.really_delete(job))
        self.add_item(ActionRow(ReallyDeleteButton(job.id)))


class PayAgainQuestion(Note):
    """Asked before an order that may have been paid for is sent a second time."""

    def __init__(self, job: Job, *, was_sent: bool) -> None:
        super().__init__(dialogs.pay_again(job, was_sent=was_sent))
        self.add_item(ActionRow(ReallyPayAgainButton(job.id, dialogs.retry_and_pay(job))))


class GiveUpQuestion(Note):
    """Asked before an order is ended that may have been paid for, unless it is free: the books need to know."""

    def __init__(self, job: Job) -> None:
        super().__init__(dialogs.give_up(job))
        if job.charge == FREE:
            self.add_item(ActionRow(NotChargedButton(job.id, dialogs.CLOSE_FREE)))
        else:
            charged = WasChargedButton(job.id, dialogs.was_charged(job.charge))
            self.add_item(ActionRow(NotChargedButton(job.id), charged))
