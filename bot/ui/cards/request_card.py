"""An order that waits for approval, as its approvers see it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.job import Job
from bot.domain.money.allowances import Remainder
from bot.ui.cards.job_card import GREEN, GREY, ORANGE
from bot.ui.interactions.buttons import ApproveButton, DenyButton, RequestButton
from bot.ui.text.phrases.access import approvals
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render


class RequestCard(LayoutView):
    """One request. If not all readers may approve it, a button leads to its prompt instead."""

    def __init__(
        self,
        job: Job,
        label: str,
        left: Remainder | None,
        link: str | None = None,
        others: Sequence[Job] = (),
    ) -> None:
        """`others`: those of its batch that are decided together with it."""
        super().__init__(timeout=None)
        text = render(lines(approvals.heading(job), approvals.body(job, label, left, link, others)))
        card: Container[RequestCard] = Container(TextDisplay(text), accent_colour=ORANGE)
        if job.request.prompt:
            card.add_item(ActionRow(ApproveButton(job.id), DenyButton(job.id)))
        else:
            card.add_item(ActionRow(RequestButton(job.id, approvals.SHOW_REQUEST)))
        self.add_item(card)


class DecidedRequest(LayoutView):
    """The card of a decided request."""

    def __init__(self, job: Job) -> None:
        super().__init__(timeout=None)
        text = TextDisplay[DecidedRequest](render(approvals.decided(job)))
        self.add_item(Container[DecidedRequest](text, accent_colour=GREY if job.approval is None else GREEN))
