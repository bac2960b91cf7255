"""/models: what can be ordered, its price, its usual time here, and its health. Pages, and one model in full.

A page is an ephemeral reply. Its buttons carry the id of the model with which the other page starts, so nothing is
remembered: `k1:models:at:<model id>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

from discord.ui import ActionRow, Button, Container, LayoutView, Separator, TextDisplay

from bot.data_classes import value_object
from bot.domain.messages import Message
from bot.domain.models.card import Retirement
from bot.domain.models.catalogue import NO_MODELS, Catalogue
from bot.jobs.providers.health import ModelHealth, ModelReport
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import models
from bot.ui.text.phrases.values import lines, small
from bot.ui.text.render import plain_text

PER_PAGE = 7  # of three lines each
LONGEST_ID = 80  # characters of a model's id that fit into a button's id of 100; the catalogue allows 60


@value_object
class Closed:
    """A model that its service no longer offers."""

    id: str
    retirement: Retirement


@value_object
class ModelsFacts:
    """What a page shows. `before` and `after` are the first models of the neighbouring pages."""

    rows: Sequence[ModelReport | Closed]
    before: str | None = None
    after: str | None = None


class ModelsPage(LayoutView):
    def __init__(self, facts: ModelsFacts) -> None:
        super().__init__(timeout=None)
        room = TextBudget(1 + max(1, len(facts.rows)))
        card: Container[ModelsPage] = Container(TextDisplay(room.text(_head(facts))), accent_colour=BLUE)
        for number, row in enumerate(facts.rows):
            if number:
                card.add_item(Separator())
            said = models.entry(row) if isinstance(row, ModelReport) else models.closed(row.id, row.retirement)
            card.add_item(TextDisplay(room.text(said)))
        if not facts.rows:
            card.add_item(TextDisplay(room.text(NO_MODELS)))
        self.add_item(card)
        turns = [(models.BACK, "◀️", facts.before), (models.MORE, "▶️", facts.after)]
        if buttons := [ModelsButton(model, text, emoji) for text, emoji, model in turns if model is not None]:
            self.add_item(ActionRow(*buttons))


def _head(facts: ModelsFacts) -> Message:
    return lines(models.TITLE, small(models.IN_FULL) if facts.rows else None)


class ModelsButton(LastingButton, template=rf"{VERSION}:models:at:(?P<model>.{{1,{LONGEST_ID}}})"):
    """Turns to the next page, or back."""

    def __init__(self, model: str, text: Message = models.MODELS, emoji: str | None = None) -> None:
        super().__init__(Button(label=plain_text(text), emoji=emoji, custom_id=f"{VERSION}:models:at:{model}"))
        self.model = model

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["model"])


async def models_page(catalogue: Catalogue, health: ModelHealth, begin: str | None = None) -> ModelsPage:
    """The page that starts with a model; the first page if the model does not exist (any more)."""
    cards, retired = catalogue.cards, catalogue.retired
    window = models_window(ids_of(catalogue), begin)
    open_ones = await health.reports([cards[model] for model in window.shown if model in cards])
    closed = [Closed(id=model, retirement=retired[model]) for model in window.shown if model not in cards]
    return ModelsPage(ModelsFacts(rows=[*open_ones, *closed], before=window.before, after=window.after))


@value_object
class ModelsWindow:
    """The models on one page, and the first models of the neighbouring pages."""

    shown: Sequence[str]
    before: str | None
    after: str | None


def models_window(ids: Sequence[str], begin: str | None) -> ModelsWindow:
    start = ids.index(begin) if begin in ids else 0
    end = start + PER_PAGE
    return ModelsWindow(
        shown=ids[start:end],
        before=ids[max(0, start - PER_PAGE)] if start else None,
        after=ids[end] if end < len(ids) else None,
    )


def ids_of(catalogue: Catalogue) -> list[str]:
    """In the order of the list: models that can be ordered, then closed ones."""
    return [*catalogue.cards, *(model for model in catalogue.retired if model not in catalogue.cards)]


class ModelSheet(LayoutView):
    """One model in full."""

    def __init__(self, report: ModelReport) -> None:
        super().__init__(timeout=None)
        sheet: Container[ModelSheet] = Container(accent_colour=BLUE)
        texts = models.sheet(report)
        room = TextBudget(len(texts))
        written = {number: room.text(texts[number]) for number in sorted(range(len(texts)), key=_prices_last)}
        for number, text in sorted(written.items()):
            if number:
                sheet.add_item(Separator())
            sheet.add_item(TextDisplay(text))
        self.add_item(sheet)


def _prices_last(number: int) -> bool:
    """The long section gets all the room that is left."""
    return number == models.PRICES
