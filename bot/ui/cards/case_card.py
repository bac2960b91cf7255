"""A video that was reported or is taken down, as a message for managers. Pure."""

from __future__ import annotations

import discord
from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.moderation.cases import DecisionKind
from bot.domain.moderation.channel import CaseNews
from bot.ui.cards.job_card import GREY, ORANGE, RED
from bot.ui.interactions.buttons import JobButton, template
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_MESSAGE
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render


class TakeDownButton(JobButton, template=template("report-take-down")):
    verb, text, style = "report-take-down", reports.TAKE_DOWN, discord.ButtonStyle.danger
    opens_form = True


class BlockMakerButton(JobButton, template=template("report-block")):
    verb, text = "report-block", reports.BLOCK
    opens_form = True


class DismissReportButton(JobButton, template=template("report-dismiss")):
    verb, text = "report-dismiss", reports.STAYS


class CaseCard(LayoutView):
    """`link` leads to the video's message. All reports of a video are on one card."""

    def __init__(self, news: CaseNews, label: str, link: str | None = None) -> None:
        super().__init__(timeout=None)
        words = render(lines(reports.heading(news), reports.body(news, label, link)))
        text = TextDisplay[CaseCard](cut(words, LONGEST_MESSAGE))
        down = news.case.take_down
        is_left = down is not None and bool(down.remaining)
        colour = ORANGE if news.case.is_open else RED if is_left else GREY
        card: Container[CaseCard] = Container(text, accent_colour=colour)
        if buttons := _buttons(news):
            card.add_item(ActionRow(*buttons))
        self.add_item(card)


def _buttons(news: CaseNews) -> list[JobButton]:
    """The maker of a video that was taken down can be blocked afterwards, too."""
    job_id, decision = news.job.id, news.case.decision
    if news.case.is_open:
        return [TakeDownButton(job_id), BlockMakerButton(job_id), DismissReportButton(job_id)]
    if decision is not None and decision.kind is DecisionKind.TAKEN_DOWN:
        return [BlockMakerButton(job_id)]
    return []
