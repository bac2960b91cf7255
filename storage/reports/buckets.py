"""Days, months, quarters and years of the kept totals, and which of them make up a range of days.

A day is 20261129, a month 202611. Quarters and years are numbered beyond all days, where versions without them do not
look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, SelectBase, Table, bindparam, union_all

from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import DateRange

FEW_DAYS = 62  # more are added up by months, and shown by them
LAST_MONTH, LAST_DAY = 999_912, 99_991_231
QUARTERS, YEARS = 200_000_000, 300_000_000  # and the year with its quarter, 20264, or the year alone
ONE_DAY = timedelta(days=1)


def day_bucket(day: date) -> int:
    return month_bucket(day) * 100 + day.day


def month_bucket(day: date) -> int:
    return day.year * 100 + day.month


def buckets_of(day: int) -> tuple[int, ...]:
    """All that a day is in, including itself."""
    year, month = day // 10_000, day // 100 % 100
    return day, month_of_bucket(day), QUARTERS + year * 10 + (month + 2) // 3, YEARS + year


def day_in(bucket: int) -> date:
    """20261129 as a day."""
    return date(bucket // 10_000, bucket // 100 % 100, bucket % 100)


def parts_of_longer(first: date, last: date) -> Iterator[tuple[int, int, int]]:
    """The months, then the quarters and the years that have any of these days, each with the range of its parts."""
    months = range(_months(first), _months(last) + 1)
    for month in (_bucket(number, 1) for number in months):
        yield month, month * 100 + 1, month * 100 + 31
    for quarter in sorted({number // 3 for number in months}):
        yield _bucket(quarter, 3), _bucket(quarter * 3, 1), _bucket(quarter * 3 + 2, 1)
    for year in sorted({number // 12 for number in months}):
        yield _bucket(year, 12), _bucket(year * 4, 3), _bucket(year * 4 + 3, 3)


def kinds_of_buckets(bucket: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    """Each kind of them adds up to all videos."""
    return (
        bucket.between(LAST_MONTH + 1, LAST_DAY),
        bucket <= LAST_MONTH,
        bucket.between(QUARTERS, YEARS - 1),
        bucket >= YEARS,
    )


def month_of_bucket(bucket: int) -> int:
    """The month that a day is in; a month itself."""
    return bucket // 100 if bucket > LAST_MONTH else bucket


def written(bucket: int) -> str:
    """20261129 as 2026-11-29, 202611 as 2026-11."""
    text = str(bucket)
    return f"{text[:4]}-{text[4:6]}" + (f"-{text[6:]}" if bucket > LAST_MONTH else "")


def is_long(days: DateRange) -> bool:
    return days.first is None or days.last is None or (days.last - days.first).days >= FEW_DAYS


def spans(days: DateRange, *, by_month: bool = False) -> Sequence[tuple[int, int]]:
    """Ranges of buckets, both ends included, that together are these days, with the longest buckets that fit.

    `by_month`: none longer than a month.
    """
    if not is_long(days) and days.first is not None and days.last is not None:
        return [(day_bucket(days.first), day_bucket(days.last))]
    parts: list[tuple[int, int]] = []
    first, last = 0, 9999 * 12 + 11  # months since the year 0, of those that are whole
    if days.first is not None:
        first = _months(days.first)
        if days.first.day > 1:
            parts.append((day_bucket(days.first), month_bucket(days.first) * 100 + 31))
            first += 1
    if days.last is not None:
        last = _months(days.last)
        if (days.last + ONE_DAY).day > 1:
            parts.append((month_bucket(days.last) * 100 + 1, day_bucket(days.last)))
            last -= 1
    return [*parts, *_whole(first, last, (1,) if by_month else (12, 3, 1))]


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _whole(first: int, last: int, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Whole months as ranges of buckets, of the longest of these lengths first and of shorter ones at both ends."""
    if first > last or not lengths:
        return []
    length, *shorter = lengths
    begin, end = -(-first // length), (last + 1) // length - 1  # numbers of whole years, quarters or months
    if begin > end:
        return _whole(first, last, shorter)
    before, after = _whole(first, begin * length - 1, shorter), _whole((end + 1) * length, last, shorter)
    return [*before, (_bucket(begin, length), _bucket(end, length)), *after]


def _bucket(number: int, length: int) -> int:
    """Of the year, quarter or month with this number, counted since the year 0."""
    match length:
        case 12:
            return YEARS + number
        case 3:
            return QUARTERS + number // 4 * 10 + number % 4 + 1
        case _:
            return number // 12 * 100 + number % 12 + 1


def rows_in(
    table: Table, days: DateRange, query: Select[*tuple[int | str, ...]], *, by_month: bool = False
) -> SelectBase:
    """A query of the table's rows, restricted to these days. Each span is a separate range in the index."""
    found = spans(days, by_month=by_month)
    return union_all(*(query.where(table.c.bucket.between(first, last)) for first, last in found))


def rows_of_spans(table: Table, many: int, query: Select[*tuple[Any, ...]]) -> SelectBase:
    """Likewise for so many spans, whose ends are passed when it is executed."""
    bucket = table.c.bucket
    return union_all(*(query.where(bucket.between(bindparam(f"first{n}"), bindparam(f"last{n}"))) for n in range(many)))


def named_spans(found: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Their ends, as `rows_of_spans` names them."""
    firsts = {f"first{n}": first for n, (first, _) in enumerate(found)}
    return firsts | {f"last{n}": last for n, (_, last) in enumerate(found)}


def within(column: ColumnElement[datetime], days: DateRange, calendar: Calendar) -> list[ColumnElement[bool]]:
    """Conditions for a time in these days."""
    begin = [] if days.first is None else [column >= calendar.midnight(days.first)]
    return begin if days.last is None else [*begin, column < calendar.midnight(days.last + ONE_DAY)]
