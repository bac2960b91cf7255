"""The questions behind the buttons of /queue: about one order, and about why the queue is paused or closed."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import ActionRow, TextInput

from bot.domain.job import Job
from bot.domain.phases import AwaitingApproval, Queued
from bot.domain.queue.state import HoldKind
from bot.jobs.use_cases.queue.manage import LONGEST_REASON
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.forms import PROMPT, Form, labelled
from bot.ui.interactions.buttons import JobButton, RequestButton, template
from bot.ui.text.phrases import queue


class FrontButton(JobButton, template=template("front")):
    verb, text, style, emoji = "front", queue.TO_FRONT, discord.ButtonStyle.primary, "⏫"


class CancelOrderButton(JobButton, template=template("cancel-order")):
    verb, text = "cancel-order", queue.CANCEL_THIS


class ReallyCancelButton(JobButton, template=template("really-cancel")):
    verb, text, style = "really-cancel", queue.REALLY_CANCEL, discord.ButtonStyle.danger


class ManagedOrder(Note):
    """One order, with what a manager can do about it now."""

    def __init__(self, job: Job, label: str, *, can_cancel: bool) -> None:
        front = [FrontButton(job.id)] if isinstance(job.phase, Queued) else []
        decide = [RequestButton(job.id)] if isinstance(job.phase, AwaitingApproval) else []
        buttons = [*front, *decide, *([CancelOrderButton(job.id)] if can_cancel else [])]
        super().__init__(queue.managed(job, label, is_too_late=not buttons))
        if buttons:
            self.add_item(ActionRow(*buttons))


class CancelOrderQuestion(Note):
    """Asked before somebody else's order is cancelled."""

    def __init__(self, job: Job) -> None:
        super().__init__(queue.really_cancel(job))
        self.add_item(ActionRow(ReallyCancelButton(job.id)))


HOLD_FORMS = {
    HoldKind.PAUSE: (queue.PAUSE_TITLE, queue.PAUSE_HINT),
    HoldKind.DRAIN: (queue.DRAIN_TITLE, queue.DRAIN_HINT),
}


class HoldForm(Form):
    """Asks for the reason, which members can read. Submitting it confirms."""

    def __init__(self, kind: HoldKind) -> None:
        title, hint = HOLD_FORMS[kind]
        super().__init__("hold", kind, title)
        text: TextInput[Any] = TextInput(max_length=LONGEST_REASON, custom_id=PROMPT)
        self.add_item(labelled(queue.WHY, text, hint))
