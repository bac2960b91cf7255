"""Days that are said by their distance from today: `tomorrow`, `next week`, `Sonntag nächster Woche`, `月末`.

Texts are plain words, as `day_words.plain_words` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.money.calendar import months_later
from bot.domain.texts.times.day_words import month_of, weekday_of, without_preposition
from bot.domain.texts.times.lengths import MONTH_UNITS, ONE_DAY, UNITS

SPOKEN: Mapping[str, int] = {  # days from today
    **dict.fromkeys(("day before yesterday", "vorgestern", "avant-hier", "anteayer", "anteontem", "一昨日"), -2),
    **dict.fromkeys(("yesterday", "gestern", "hier", "ayer", "ontem", "昨日"), -1),
    **dict.fromkeys(("today", "heute", "aujourd'hui", "hoy", "hoje", "今日"), 0),
    **dict.fromkeys(("tomorrow", "morgen", "demain", "manana", "amanha", "明日"), 1),
    **dict.fromkeys(
        ("day after tomorrow", "ubermorgen", "apres-demain", "pasado manana", "depois de amanha", "明後日"), 2
    ),
}
WEEK, MONTH, YEAR = "week", "month", "year"
# Japanese has one word for each; the number of steps, and of what.
JAPANESE: Mapping[str, tuple[int, str]] = {
    "先週": (-1, WEEK),
    "今週": (0, WEEK),
    "来週": (1, WEEK),
    "翌週": (1, WEEK),
    "再来週": (2, WEEK),
    "先月": (-1, MONTH),
    "来月": (1, MONTH),
    "翌月": (1, MONTH),
    "再来月": (2, MONTH),
    "昨年": (-1, YEAR),
    "去年": (-1, YEAR),
    "来年": (1, YEAR),
    "再来年": (2, YEAR),
}
# `next Sunday`, `last Sunday` and `this week`: some languages say which behind the day.
_NEXT = (
    r"(?:next|coming|(?:nachste|kommende)[nrs]?|proxim[oa]|次の|今度の)",
    r"(?:prochaine?|que viene|que vem|proxim[oa])",
)
_LAST = (
    r"(?:last|past|(?:letzte|vergangene)[nrs]?|ultim[oa]|前の|この前の)",
    r"(?:dernier|derniere|passee?|pasad[oa]|passad[oa])",
)
_THIS = r"(?:this|diese[nrs]?|cet(?:te)?|esta|nesta)", r"(?:en cours)"
_AFTER_NEXT = r"(?:ubernachste[nrs]?)", r"(?:after next)"
STEPS = tuple(
    (steps, rf"{before}\s*(?P<day>\S+(?: de semana)?)|(?P<named>\S+(?: de semana)?)\s+{behind}")
    for steps, (before, behind) in ((1, _NEXT), (-1, _LAST), (0, _THIS), (2, _AFTER_NEXT))
)
WEEKENDS = frozenset(
    (
        *("weekend", "week-end", "wochenende", "fin de semana", "fim de semana", "週末", "今週末"),
        *("end of week", "end of the week", "ende der woche", "fin de la semaine", "fin de la semana", "fim da semana"),
    )
)
SUNDAY = 6
DAY_OF_WEEK = (
    r"(?P<day>\S+?),?\s+(?:(?:of|in|de|der|da)\s+)?(?P<week>.+)",
    r"(?P<week>.+?),?\s+(?:(?:on|am|le|el|no|na)\s+)?(?P<day>\S+)",
    r"(?P<week>先週|今週|来週|翌週|再来週)の?(?P<day>\S+)",
)
MONTH_ENDS = frozenset(
    (
        *("end of month", "end of the month", "monatsende", "ende des monats", "ende dieses monats", "fin du mois"),
        *("fin de mes", "final de mes", "fim do mes", "final do mes", "月末", "今月末"),
    )
)
END_OF = r"(?:(?:the )?end of|ende|fin(?: de)?|finales de|fim de)\s+(?P<name>[a-z]+)|(?P<number>\d{1,2})月末"
YEAR_ENDS = frozenset(
    (
        *("end of year", "end of the year", "jahresende", "ende des jahres", "fin de l'annee"),
        *("fin de ano", "final de ano", "fim do ano", "final do ano", "年末"),
    )
)


def relative_day(plain: str, today: date, *, ahead: bool) -> date | None:
    """None for anything else. A weekday alone is today or the nearest before it or, with `ahead`, after it."""
    day = without_preposition(plain).removesuffix(".")
    if day in SPOKEN:
        return today + SPOKEN[day] * ONE_DAY
    if (weekday := _weekday(day)) is not None:
        step = 1 if ahead else -1
        return today + step * timedelta(days=step * (weekday - today.weekday()) % 7)
    if ahead and day in MONTH_ENDS:
        return months_later(today.replace(day=1), 1) - ONE_DAY
    if (steps := _steps_to_month_end(day)) is not None:
        return months_later(today.replace(day=1), steps + 1) - ONE_DAY
    if ahead and day in YEAR_ENDS:
        return today.replace(month=12, day=31)
    if (found := _end_of_a_month(day, today, 1 if ahead else -1)) is not None:
        return found
    candidates = (find(each, today) for each in dict.fromkeys((day, plain)) for find in (_next_or_last, _day_of_week))
    return next((found for found in candidates if found is not None), None)


def _steps_to_month_end(plain: str) -> int | None:
    """How many months away `来月末` is."""
    steps, what = JAPANESE.get(plain.removesuffix("末"), (0, ""))
    return steps if what == MONTH and plain.endswith("末") else None


def _end_of_a_month(plain: str, today: date, step: int) -> date | None:
    """The nearest end of `December` before today, or after it."""
    found = re.fullmatch(END_OF, plain)
    month = 0 if found is None else month_of(found["name"]) if found["name"] else int(found["number"])
    if not 1 <= month <= 12:
        return None
    ends = [months_later(date(today.year + years, month, 1), 1) - ONE_DAY for years in (0, step)]
    return next(end for end in ends if step * (end - today) >= timedelta())


def _weekday(plain: str) -> int | None:
    return SUNDAY if plain in WEEKENDS else weekday_of(plain)


def _near(plain: str) -> tuple[int, str] | None:
    """How many steps it is away, and of what: a unit, or a weekday."""
    if plain in JAPANESE:
        return JAPANESE[plain]
    found = ((steps, re.fullmatch(pattern, plain)) for steps, pattern in STEPS)
    return next(((steps, each["day"] or each["named"]) for steps, each in found if each is not None), None)


def _next_or_last(plain: str, today: date) -> date | None:
    """The first Sunday after today, the last before it, or the same day of the next week or month."""
    near = _near(plain)
    if near is None:
        return None
    steps, what = near
    if (weekday := _weekday(what)) is not None:
        return _other(weekday, today, steps) if steps < 2 else None
    if what in MONTH_UNITS and steps:
        return months_later(today, steps * MONTH_UNITS[what])
    unit = UNITS.get(what)
    return None if unit is None or unit < ONE_DAY or not steps else today + steps * unit


def _other(weekday: int, today: date, steps: int) -> date:
    if steps < 0:
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    first = today if steps == 0 else today + ONE_DAY
    return first + timedelta(days=(weekday - first.weekday()) % 7)


def _day_of_week(plain: str, today: date) -> date | None:
    """`Sunday next week`: weeks begin on Monday (ISO 8601)."""
    for found in (re.fullmatch(pattern, plain) for pattern in DAY_OF_WEEK):
        weekday = None if found is None else weekday_of(found["day"])
        weeks = None if found is None else _weeks(found["week"])
        if weekday is not None and weeks is not None:
            return today + timedelta(days=weekday - today.weekday() + 7 * weeks)
    return None


def _weeks(phrase: str) -> int | None:
    near = _near(phrase) or _near(without_preposition(phrase))
    return near[0] if near is not None and UNITS.get(near[1]) == timedelta(weeks=1) else None
