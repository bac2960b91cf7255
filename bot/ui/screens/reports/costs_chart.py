"""The chart of /costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.data_classes import value_object
from bot.domain.media import Chart, ChartShape, ScaleMark
from bot.domain.messages import Message, Money, value
from bot.domain.money.costs import Costs, Grouping, Spend
from bot.domain.money.usd import FREE, MICROS_PER_CENT, MICROS_PER_DOLLAR, Usd
from bot.jobs.use_cases.costs import CostsAsked
from bot.ui.screens.reports.scale import round_values
from bot.ui.screens.reports.spelling import in_english
from bot.ui.text.phrases.reports import costs as phrases
from bot.ui.text.render import plain_text

MOST_BARS = 8  # in a chart with names
FULL_CHART = 70  # columns; up to so many days, those without charges are shown as gaps
ONE_DAY = timedelta(days=1)


@value_object
class Name:
    """The display name of a model, member or role, and another one that usually has only Latin letters."""

    shown: str = ""
    plain: str = ""


def chart_of(costs: Costs, asked: CostsAsked, names: Mapping[str, Name], whose: Name) -> Chart:
    """`names` are those of the models or members; `whose` costs these are, if that has a name."""
    dated = asked.by is Grouping.DAY
    rows = _every_day(costs.rows) if dated else _largest(costs.rows)
    words = _words(costs, asked, rows, whose.shown, {key: name.shown for key, name in names.items()})
    plain = _words(costs, asked, rows, whose.plain, {key: name.plain for key, name in names.items()})
    title, note, *labels = map(plain_text, words)
    return Chart(
        shape=ChartShape.COLUMNS if dated else ChartShape.BARS,
        title=title,
        note=note,
        labels=tuple(labels),
        values=tuple(row.spent.micros / MICROS_PER_DOLLAR for row in rows),
        figures=tuple(plain_text(value(Money(row.spent))) for row in rows),
        scale=_scale(rows) if dated else (),
        instead=in_english(plain),
    )


def _words(
    costs: Costs, asked: CostsAsked, rows: Sequence[Spend], whose: str, names: Mapping[str, str]
) -> Sequence[Message]:
    """Its title, its note, and the label of each row."""
    return [phrases.chart_title(asked, whose), phrases.chart_note(costs), *_labels(rows, asked.by, names)]


def _scale(rows: Sequence[Spend]) -> tuple[ScaleMark, ...]:
    most = max((row.spent.micros for row in rows), default=0)
    return tuple(
        ScaleMark(value=micros / MICROS_PER_DOLLAR, words=plain_text(value(Money(Usd(micros)))))
        for micros in round_values(most, finest=MICROS_PER_CENT)
    )


def _labels(rows: Sequence[Spend], by: Grouping, names: Mapping[str, str]) -> Sequence[Message]:
    return [phrases.name_of(row, by, names.get(row.key, row.key)) if row.key else phrases.OTHERS for row in rows]


def _largest(rows: Sequence[Spend]) -> Sequence[Spend]:
    """The largest ones by name, and all others together, under no key."""
    if len(rows) <= MOST_BARS:
        return rows
    rest = rows[MOST_BARS - 1 :]
    others = Spend(key="", videos=sum(row.videos for row in rest), spent=sum((row.spent for row in rest), FREE))
    return [*rows[: MOST_BARS - 1], others]


def _every_day(rows: Sequence[Spend]) -> Sequence[Spend]:
    """Includes days without charges. Months are left as they are."""
    if not rows or len(rows[0].key) != len("2026-11-29"):
        return rows
    known = {date.fromisoformat(row.key): row for row in rows}
    first, last = min(known), max(known)
    days = [first + ONE_DAY * number for number in range(min((last - first).days + 1, FULL_CHART))]
    return [known.get(day, Spend(key=day.isoformat(), videos=0, spent=Usd(0))) for day in days]
