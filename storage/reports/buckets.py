"""Days and months of the kept sums, and which of them make up a range of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, SelectBase, Table, union_all

from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import DateRange

FEW_DAYS = 62  # more are added up by months, and shown by them
FIRST_MONTH, LAST_MONTH = 0, 999_912
ONE_DAY = timedelta(days=1)


def day_bucket(day: date) -> int:
    return month_bucket(day) * 100 + day.day


def month_bucket(day: date) -> int:
    return day.year * 100 + day.month


def month_of_bucket(bucket: int) -> int:
    """The month that a day is in; a month itself."""
    return bucket // 100 if bucket > LAST_MONTH else bucket


def written(bucket: int) -> str:
    """20261129 as 2026-11-29, 202611 as 2026-11."""
    text = str(bucket)
    return f"{text[:4]}-{text[4:6]}" + (f"-{text[6:]}" if bucket > LAST_MONTH else "")


def is_long(days: DateRange) -> bool:
    return days.first is None or days.last is None or (days.last - days.first).days >= FEW_DAYS


def spans(days: DateRange) -> Sequence[tuple[int, int]]:
    """Ranges of buckets, both ends included, that together are these days: whole months wherever there are many."""
    if not is_long(days) and days.first is not None and days.last is not None:
        return [(day_bucket(days.first), day_bucket(days.last))]
    parts: list[tuple[int, int]] = []
    first_month, last_month = FIRST_MONTH, LAST_MONTH
    if days.first is not None:
        first_month = month_bucket(days.first)
        if days.first.day > 1:
            parts.append((day_bucket(days.first), first_month * 100 + 31))
            first_month = month_bucket(days.first.replace(day=28) + 4 * ONE_DAY)
    if days.last is not None:
        last_month = month_bucket(days.last)
        if (days.last + ONE_DAY).day > 1:
            parts.append((last_month * 100 + 1, day_bucket(days.last)))
            last_month = month_bucket(days.last.replace(day=1) - ONE_DAY)
    return [*parts, (first_month, last_month)] if first_month <= last_month else parts


def rows_in(table: Table, days: DateRange, query: Select[*tuple[int | str, ...]]) -> SelectBase:
    """A query of the table's rows, narrowed to these days. Each span is a range of its own in the index."""
    return union_all(*(query.where(table.c.bucket.between(first, last)) for first, last in spans(days)))


def within(column: ColumnElement[datetime], days: DateRange, calendar: Calendar) -> list[ColumnElement[bool]]:
    """Conditions of a moment in these days."""
    begin = [] if days.first is None else [column >= calendar.midnight(days.first)]
    return begin if days.last is None else [*begin, column < calendar.midnight(days.last + ONE_DAY)]
