"""/queue: a page of the orders in progress on a server, and the buttons with which managers control the queue.

A page is an ephemeral reply. Its buttons carry the number of the page that they lead to: `k1:queue:page:<number>`.
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, Section, TextDisplay

from bot.domain.messages import Message
from bot.domain.queue.bulk import BulkKind
from bot.domain.queue.state import HoldKind, QueueHold
from bot.jobs.use_cases.queue.manage import QueueOverview
from bot.ui.cards.job_card import BLUE, ORANGE
from bot.ui.interactions.buttons import VERSION, JobButton, LastingButton, template
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.bulk import BulkFormButton
from bot.ui.screens.requests import requests_section
from bot.ui.text.phrases import lists, queue
from bot.ui.text.render import plain_text

PER_PAGE = 6  # three components each, which together with the buttons fit into Discord's 40


class HoldButton(LastingButton, template=rf"{VERSION}:queue:(?P<kind>{'|'.join(HoldKind)})"):
    """Pauses the server's queue or closes it to new orders, after asking for the reason."""

    opens_form = True

    def __init__(self, kind: HoldKind) -> None:
        text = queue.PAUSE if kind is HoldKind.PAUSE else queue.DRAIN
        super().__init__(Button(label=plain_text(text), custom_id=f"{VERSION}:queue:{kind}"))
        self.kind = kind

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(HoldKind(match["kind"]))


class ResumeButton(LastingButton, template=f"{VERSION}:queue:resume"):
    """Resumes the queue."""

    def __init__(self, text: Message = queue.RESUME) -> None:
        style = discord.ButtonStyle.success
        super().__init__(Button(label=plain_text(text), style=style, custom_id=f"{VERSION}:queue:resume"))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


class QueuePageButton(LastingButton, template=rf"{VERSION}:queue:page:(?P<page>\d{{1,6}}):(?P<way>[a-z]+)"):
    """Shows another page, or refreshes the same one. `way` keeps the ids on one page distinct."""

    def __init__(self, page: int, text: Message = queue.REFRESH, emoji: str | None = None, way: str = "now") -> None:
        custom_id = f"{VERSION}:queue:page:{page}:{way}"
        super().__init__(Button(label=plain_text(text), emoji=emoji, custom_id=custom_id))
        self.page = page

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(int(match["page"]))


class ManageButton(JobButton, template=template("manage")):
    verb, text = "manage", queue.MANAGE


class QueueScreen(LayoutView):
    """One page. Pure: built from the facts that were looked up."""

    def __init__(self, overview: QueueOverview, run: Container[Any] | None = None) -> None:
        """`run`: the progress of a bulk action, if one is running or ended recently."""
        super().__init__(timeout=None)
        room = TextBudget(4 + len(overview.jobs))
        colour = BLUE if overview.hold is None else ORANGE
        card: Container[QueueScreen] = Container(accent_colour=colour)
        card.add_item(TextDisplay(room.text(queue.title(overview.totals, overview.places))))
        if overview.hold is not None:
            card.add_item(TextDisplay(room.text(lists.held(overview.hold))))
        for job in overview.jobs:
            words = room.text(queue.order(job, overview.estimates.get(job.id)))
            card.add_item(Section(TextDisplay[QueueScreen](words), accessory=ManageButton(job.id)))
        if not overview.jobs:
            card.add_item(TextDisplay(room.text(queue.EMPTY)))
        if overview.totals.to_approve:
            card.add_item(requests_section(overview.totals.to_approve, room))
        if overview.to_decide:
            card.add_item(TextDisplay(room.text(lists.to_decide(overview.to_decide))))
        if overview.pages > 1:
            card.add_item(TextDisplay(room.text(queue.page_of(overview.page, overview.pages))))
        self.add_item(card)
        self.add_item(ActionRow(*_turns(overview), QueuePageButton(overview.page)))
        self.add_item(ActionRow(*_steering(overview.hold), *map(BulkFormButton, (BulkKind.RETRY, BulkKind.DELETE))))
        if run is not None:
            self.add_item(run)


def _turns(overview: QueueOverview) -> list[QueuePageButton]:
    back = [QueuePageButton(overview.page - 1, queue.BACK, "◀️", "back")] if overview.page else []
    is_last = overview.page + 1 >= overview.pages
    return [*back, *([] if is_last else [QueuePageButton(overview.page + 1, queue.MORE, "▶️", "more")])]


def _steering(hold: QueueHold | None) -> list[HoldButton | ResumeButton]:
    pause, drain = HoldButton(HoldKind.PAUSE), HoldButton(HoldKind.DRAIN)
    if hold is None:
        return [pause, drain]
    if hold.kind is HoldKind.PAUSE:
        return [ResumeButton(), drain]
    return [ResumeButton(queue.TAKE_ORDERS), pause]
