"""The parameters of a report in the ids of its buttons and menus: `<scope>:<days>:<by>`.

Nothing else is remembered, so the buttons work after a restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from bot.domain.money.costs import DateRange, Grouping, Period
from bot.domain.texts.discord_ids import DISCORD_ID
from bot.jobs.use_cases.costs import CostsAsked, CostsScope

PERIOD = "|".join(Period)
ASKED = (
    rf"(?P<scope>{'|'.join(CostsScope)})(?P<whom>(?:{DISCORD_ID})?):"
    rf"(?P<days>{PERIOD}|[0-9]{{0,8}}-[0-9]{{0,8}}):(?P<by>{'|'.join(Grouping)})"
)


def written(asked: CostsAsked) -> str:
    return f"{asked.scope}{asked.whom or ''}:{_days(asked.days)}:{asked.by}"


def read(match: re.Match[str] | Mapping[str, str]) -> CostsAsked:
    return CostsAsked(
        scope=CostsScope(match["scope"]),
        whom=int(match["whom"]) if match["whom"] else None,
        days=_read_days(match["days"]),
        by=Grouping(match["by"]),
    )


def _days(days: Period | DateRange) -> str:
    if isinstance(days, Period):
        return days.value
    return "-".join("" if day is None else f"{day:%Y%m%d}" for day in (days.first, days.last))


def _read_days(text: str) -> Period | DateRange:
    if text in set(Period):
        return Period(text)
    first, _, last = text.partition("-")
    return DateRange(_day(first), _day(last))


def _day(text: str) -> date | None:
    """None, an open end, for an invalid day: only forged buttons contain one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
