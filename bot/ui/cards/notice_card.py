"""A notice for managers as a message, with the buttons that help. Pure."""

from __future__ import annotations

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.ids import JobId
from bot.domain.notices.storage import QuotaFillsUp, QuotaLevel, RemovalDue
from bot.domain.notices.troubles import BudgetLevel, BudgetNearEnd, OrderNeedsManager, Trouble
from bot.ui.cards.job_card import GREEN, ORANGE, RED, buttons_for
from bot.ui.text.phrases import notices
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render


class NoticeCard(LayoutView):
    """`link` leads to the card of the order concerned."""

    def __init__(self, notice: Trouble, link: str | None = None) -> None:
        super().__init__(timeout=None)
        text = TextDisplay[NoticeCard](render(lines(notices.heading(notice), notices.body(notice, link))))
        is_warning = _is_warning(notice)
        card: Container[NoticeCard] = Container(text, accent_colour=ORANGE if is_warning else RED)
        if isinstance(notice, OrderNeedsManager) and (buttons := buttons_for(notice.job)):
            card.add_item(ActionRow(*buttons))
        self.add_item(card)


class ClosedNotice(LayoutView):
    """The notice of an order that was decided."""

    def __init__(self, job_id: JobId) -> None:
        super().__init__(timeout=None)
        text = TextDisplay[ClosedNotice](render(notices.is_over(job_id)))
        self.add_item(Container[ClosedNotice](text, accent_colour=GREEN))


def _is_warning(notice: Trouble) -> bool:
    """Whether there is still time."""
    match notice:
        case BudgetNearEnd(level=level):
            return level < BudgetLevel.SPENT
        case QuotaFillsUp(level=level):
            return level < QuotaLevel.FULL
        case _:
            return isinstance(notice, RemovalDue)
