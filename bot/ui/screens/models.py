"""/models: what can be ordered, for how much, how long it takes here, and how it does. Pages, and one model in full.

A page is an ephemeral answer. Its buttons carry the id of the model that the other page begins with, so nothing is
remembered: `k1:models:at:<model id>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from discord.ui import ActionRow, Button, Container, LayoutView, Separator, TextDisplay

from bot.domain.models.card import ModelCard, Retirement, one_of
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.video import RemixMethod, Size
from bot.jobs.providers.health import ModelHealth, Report
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.text.wording import cut, day, health_line, neutral, one_line, seconds_of

PER_PAGE = 7  # at most 540 characters each, of a message's 4,000
SHOWN_LABEL = 40  # characters; escaping may double them
SHOWN_SENTENCE = 170  # likewise; of a closed model's
SHOWN_SIZES = 3
SHOWN_IN_FULL = 3000  # characters of one model's sheet
LONGEST_ID = 80  # characters of a model's id that a button's own 100 have room for; the catalogue allows 60
REMIXES = {
    RemixMethod.NATIVE: "the service changes its own video",
    RemixMethod.EDIT: "the service edits its own video",
    RemixMethod.EXTEND: "the service films on from the end of its own video",
    RemixMethod.SOURCE: "from the whole source video",
    RemixMethod.FRAME: "from the source's first frame",
    RemixMethod.LAST_FRAME: "on from the source's last frame",
    RemixMethod.REPROMPT: "anew from both prompts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A model that its service does not offer any more."""

    id: str
    retirement: Retirement


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFacts:
    """What a page shows. `before` and `after` are the models that the pages next to it begin with."""

    rows: Sequence[Report | Closed]
    before: str | None = None
    after: str | None = None


class ModelsPage(LayoutView):
    def __init__(self, facts: ModelsFacts) -> None:
        super().__init__(timeout=None)
        card: Container[ModelsPage] = Container(TextDisplay("**Models**"), accent_colour=BLUE)
        for number, row in enumerate(facts.rows):
            if number:
                card.add_item(Separator())
            card.add_item(TextDisplay(_entry(row) if isinstance(row, Report) else _closed(row)))
        if not facts.rows:
            card.add_item(TextDisplay("No model can be ordered: the host has to set up a video service first."))
        self.add_item(card)
        turns = [("Back", "◀️", facts.before), ("More", "▶️", facts.after)]
        if buttons := [ModelsButton(model, text, emoji) for text, emoji, model in turns if model is not None]:
            self.add_item(ActionRow(*buttons))


class ModelsButton(LastingButton, template=rf"{VERSION}:models:at:(?P<model>.{{1,{LONGEST_ID}}})"):
    """Turns to the next page, or back."""

    def __init__(self, model: str, text: str = "Models", emoji: str | None = None) -> None:
        super().__init__(Button(label=text, emoji=emoji, custom_id=f"{VERSION}:models:at:{model}"))
        self.model = model

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["model"])


async def models_page(catalogue: Catalogue, health: ModelHealth, begin: str | None = None) -> ModelsPage:
    """The page that begins with a model; the first when there is no such model (any more)."""
    cards, retired = catalogue.cards, catalogue.retired
    window = models_window(ids_of(catalogue), begin)
    open_ones = await health.reports([cards[model] for model in window.shown if model in cards])
    closed = [Closed(id=model, retirement=retired[model]) for model in window.shown if model not in cards]
    return ModelsPage(ModelsFacts(rows=[*open_ones, *closed], before=window.before, after=window.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsWindow:
    """The models on one page, and those that the pages next to it begin with."""

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
    """In the order they are listed: what can be ordered, then what is closed."""
    return [*catalogue.cards, *(model for model in catalogue.retired if model not in catalogue.cards)]


def _entry(report: Report) -> str:
    card = report.card
    picture = "starts from a picture" if card.takes_picture else "no pictures"
    remix = REMIXES[card.remix[0]] if card.remix else "no remixes"
    return (
        f"{_title(card)} · {_clip(card)}\n"
        f"{lengths(card)} · {_sizes_in_short(card)} · {picture} · remix: {remix}\n"
        f"-# {_times(report)} · {health_line(report.health)}{_ends(report)}"
    )


def _title(card: ModelCard) -> str:
    name = neutral(one_line(card.label, SHOWN_LABEL))
    return f"**{name}** · `{card.id.replace('`', chr(39))}`"


def _clip(card: ModelCard) -> str:
    """The price of its default clip and of a second, and how old that is."""
    price = card.per_second.get(card.sizes[0])
    if price is None:
        return "no price known, so it is not ordered"
    read = f" · price of {day(card.priced)}" if card.priced else ""
    return f"{card.seconds[0]} s **{price * card.seconds[0]}** ({price} a second){read}"


def lengths(card: ModelCard) -> str:
    """`4 to 15 s` for a row without gaps, otherwise each: `4, 8 or 12 s`."""
    offered = sorted(set(card.seconds))
    if len(offered) > 2 and offered == list(range(offered[0], offered[-1] + 1)):
        return f"{offered[0]} to {offered[-1]} s"
    return cut(one_of(map(str, offered)), 60) + " s"


def _sizes_in_short(card: ModelCard) -> str:
    more = len(card.sizes) - SHOWN_SIZES
    return ", ".join(map(str, card.sizes[:SHOWN_SIZES])) + (f" and {more} more" if more > 0 else "")


def _times(report: Report) -> str:
    if report.usual is None:
        return f"about {seconds_of(report.card.typical_seconds)} (no history yet)"
    return f"usually {seconds_of(report.usual)} here (of {report.videos} videos)"


def _ends(report: Report) -> str:
    return f" · **ends {day(report.ends)}**" if report.ends else ""


def _closed(closed: Closed) -> str:
    gone = closed.retirement
    instead = neutral(one_line(gone.instead, SHOWN_SENTENCE))
    return f"-# `{closed.id.replace('`', chr(39))}` closed on {day(gone.since)}. {instead}"


class ModelSheet(LayoutView):
    """One model in full."""

    def __init__(self, report: Report) -> None:
        super().__init__(timeout=None)
        card = report.card
        ways = [f"{number}. {REMIXES[method]}" for number, method in enumerate(card.remix, start=1)] or ["None."]
        facts = [
            f"{_title(card)}\n{_clip(card)}",
            f"**Lengths** {lengths(card)}; without a choice {card.seconds[0]} s\n**Sizes and prices**\n{_prices(card)}",
            f"**Pictures** {'it can start from one' if card.takes_picture else 'it takes none'}",
            "**Remix**, the first way that is open\n" + "\n".join(ways),
            f"{_times(report)}\n{health_line(report.health)}{_ends(report)}",
        ]
        sheet: Container[ModelSheet] = Container(accent_colour=BLUE)
        for number, text in enumerate(facts):
            if number:
                sheet.add_item(Separator())
            sheet.add_item(TextDisplay(cut(text, SHOWN_IN_FULL // (1 if number == 1 else 5))))
        self.add_item(sheet)


def _prices(card: ModelCard) -> str:
    """Sizes of the same price together, cheapest first; those without one at the end."""
    by_price: dict[Usd | None, list[Size]] = {}
    for size in card.sizes:
        by_price.setdefault(card.per_second.get(size), []).append(size)
    known = sorted((price, sizes) for price, sizes in by_price.items() if price is not None)
    lines = [f"{price} a second: {', '.join(map(str, sizes))}" for price, sizes in known]
    if unknown := by_price.get(None):
        lines.append(f"no price known, so not ordered: {', '.join(map(str, unknown))}")
    return "\n".join(lines)
