"""The requests that wait for one approver, and the button that leads to them: `k1:requests`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

import discord
from discord.ui import Button, Container, LayoutView, Section, TextDisplay

from bot.domain.job import Job
from bot.ui.cards.job_card import ORANGE
from bot.ui.interactions.buttons import VERSION, LastingButton, RequestButton
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import lists
from bot.ui.text.phrases.access import approvals
from bot.ui.text.render import plain_text

MOST_SHOWN = 10  # three components each, within Discord's 40


class RequestsButton(LastingButton, template=f"{VERSION}:requests"):
    """Lists the requests that wait for the approval of whoever presses it."""

    def __init__(self) -> None:
        label, style = plain_text(approvals.REVIEW), discord.ButtonStyle.primary
        super().__init__(Button(label=label, style=style, custom_id=f"{VERSION}:requests"))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


def requests_section(many: int, room: TextBudget) -> Section[Any]:
    """How many requests wait for the reader's decision, and a button that lists them."""
    return Section(TextDisplay[Any](room.text(approvals.to_approve(many))), accessory=RequestsButton())


class RequestsPage(LayoutView):
    """The oldest requests, with a button for each."""

    def __init__(self, requests: Sequence[Job]) -> None:
        super().__init__(timeout=None)
        shown = requests[:MOST_SHOWN]
        room = TextBudget(2 + len(shown))
        card: Container[RequestsPage] = Container(accent_colour=ORANGE)
        title = approvals.to_approve(len(requests)) if requests else approvals.NOTHING_TO_APPROVE
        card.add_item(TextDisplay(room.text(title)))
        for job in shown:
            text = TextDisplay[RequestsPage](room.text(approvals.row(job)))
            card.add_item(Section(text, accessory=RequestButton(job.id, approvals.REVIEW)))
        if len(requests) > len(shown):
            card.add_item(TextDisplay(room.text(lists.and_more(len(requests) - len(shown)))))
        self.add_item(card)
