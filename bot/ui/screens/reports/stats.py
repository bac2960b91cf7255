"""/stats: the results of a server's orders, with a menu for the period and charts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Self

import discord
from discord.ui import ActionRow, Button, Container, LayoutView, Select, Separator, TextDisplay

from bot.domain.media import Chart, ChartShape, ScaleMark
from bot.domain.messages import Count, Day, DayStyle, Message, value
from bot.domain.money.costs import Period
from bot.domain.stats import ModelStats, VideoStats
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.reports.asked import PERIOD
from bot.ui.screens.reports.scale import round_values
from bot.ui.screens.reports.spelling import in_english
from bot.ui.text.phrases.reports import costs, stats
from bot.ui.text.phrases.values import dotted, lines, small
from bot.ui.text.render import plain_text

FULL_CHART = 70  # columns
ONE_DAY = timedelta(days=1)


class StatsPeriodSelect(LastingSelect, template=rf"{VERSION}:stats-period:(?P<period>{PERIOD})"):
    def __init__(self, asked: Period) -> None:
        options = [
            discord.SelectOption(label=plain_text(costs.PERIOD_NAMES[each]), value=each.value, default=each is asked)
            for each in Period
        ]
        super().__init__(Select(custom_id=f"{VERSION}:stats-period:{asked}", options=options))

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Period(match["period"]))


class StatsChartButton(LastingButton, template=rf"{VERSION}:stats-chart:(?P<period>{PERIOD})"):
    def __init__(self, asked: Period) -> None:
        custom_id = f"{VERSION}:stats-chart:{asked}"
        super().__init__(Button(label=plain_text(costs.CHART), custom_id=custom_id))
        self.period = asked

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Period(match["period"]))


class StatsList(LayoutView):
    """The answer to /stats."""

    def __init__(self, found: VideoStats, asked: Period, label: Callable[[str], str] = str) -> None:
        super().__init__(timeout=None)
        room = TextBudget(4)
        adding = None if found.added_up else small(costs.STILL_ADDING)
        title = room.text(lines(stats.title(found, asked), adding))
        card: Container[StatsList] = Container(TextDisplay(title), accent_colour=BLUE)
        texts = [
            room.rows(stats.BY_MODEL, found.models, partial(_model, label=label)) if found.models else "",
            room.text(
                lines(stats.outcomes(found), stats.busiest(found), stats.rated(found))
                if found.models
                else stats.NOTHING
            ),
            room.rows(stats.REMIXED_TITLE, found.remixed, stats.remixed) if found.remixed else "",
        ]
        for text in filter(None, texts):
            card.add_item(Separator()).add_item(TextDisplay(text))
        self.add_item(card)
        self.add_item(ActionRow(StatsPeriodSelect(asked)))
        if found.models:
            self.add_item(ActionRow(StatsChartButton(asked)))


def _model(entry: ModelStats, label: Callable[[str], str]) -> Message:
    return stats.model(entry, label(entry.model))


def charts_of(found: VideoStats, asked: Period) -> tuple[Chart, Chart]:
    """Videos by day or month, and orders by hour."""
    note = dotted(stats.success(found), stats.average(found))
    made = _every_day(found.made)
    by_month = any(len(key) == len("2026-11") for key in made)
    heading = stats.MADE_BY_MONTH if by_month else stats.MADE_BY_DAY
    return (
        _columns(stats.chart_title(heading, asked), note, [_day(key) for key in made], tuple(made.values())),
        _columns(
            stats.chart_title(stats.BY_HOUR, asked),
            note,
            [stats.hour_of(hour) for hour in range(len(found.hours))],
            found.hours,
        ),
    )


def _columns(title: Message, note: Message, labels: Sequence[Message], counts: Sequence[int]) -> Chart:
    return Chart(
        shape=ChartShape.COLUMNS,
        title=plain_text(title),
        note=plain_text(note),
        labels=tuple(plain_text(label) for label in labels),
        values=tuple(float(count) for count in counts),
        figures=tuple(_written(count) for count in counts),
        scale=tuple(
            ScaleMark(value=float(count), words=_written(count)) for count in round_values(max(counts, default=0))
        ),
        instead=in_english([title, note, *labels]),
    )


def _written(count: int) -> str:
    return plain_text(value(Count(count)))


def _day(key: str) -> Message:
    return costs.month(key) if len(key) == len("2026-11") else value(Day(date.fromisoformat(key), DayStyle.NEAR))


def _every_day(made: Mapping[str, int]) -> Mapping[str, int]:
    """Includes days on which no video was made. Months are left as they are."""
    days = [date.fromisoformat(key) for key in made if len(key) == len("2026-11-29")]
    if not days:
        return made
    first = min(days)
    every = [first + ONE_DAY * number for number in range(min((max(days) - first).days + 1, FULL_CHART))]
    return {day.isoformat(): made.get(day.isoformat(), 0) for day in every}
