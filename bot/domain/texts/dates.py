"""Days of the calendar as people type them: `3 Nov`, `Nov 3, 2026`, `3.11.2026`, `2026-11-03`, `yesterday`."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.domain.errors import BadRequest
from bot.domain.messages import Day, DayStyle, Foreign, msg
from bot.domain.money.costs import DateRange

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OLDEST = date(2015, 1, 1)  # Discord is from that year
QUOTED = 30  # characters of an unclear text that a sentence repeats

NAME = r"(?P<name>[a-z]{3,9})\.?"
YEAR = r"(?:[\s,.]+(?P<year>\d{4}))?"
DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s*(?:of\s+)?{NAME}{YEAR}")
NAME_FIRST = re.compile(rf"{NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{YEAR}")
YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
POINTS = re.compile(r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.?(?:\s*(?P<year>\d{4}))?")
SLASHES = re.compile(r"(?P<one>\d{1,2})[/-](?P<two>\d{1,2})(?:[/-](?P<year>\d{4}))?")
AGO = re.compile(r"(?P<count>\d{1,4}) days? ago")
SPOKEN = {"today": 0, "yesterday": 1}  # days ago


def read_range(first: str | None, last: str | None, today: date) -> DateRange:
    """From one day to another, both included; open where nothing was typed. BadRequest when that is no range."""
    begin = None if first is None else read_day(first, today)
    end = today if last is None else read_day(last, today)
    for day in (begin, end):
        if day is not None and day > today:
            raise BadRequest(msg("{day} is still to come. Pick a day up to today.", day=Day(day)))
        if day is not None and day < OLDEST:
            raise BadRequest(msg("{day} is too long ago. Pick a day from 2015 on.", day=Day(day)))
    if begin is not None and begin > end:
        raise BadRequest(msg("{first} is after {last}. Swap the two dates.", first=Day(begin), last=Day(end)))
    return DateRange(begin, end)


def read_day(text: str, today: date) -> date:
    """A day. Without a year it is the latest such day that is not still to come. Raises BadRequest."""
    plain = " ".join(text.lower().split())
    if plain in SPOKEN:
        return today - timedelta(days=SPOKEN[plain])
    if ago := AGO.fullmatch(plain):
        return today - timedelta(days=int(ago["count"]))
    if found := DAY_FIRST.fullmatch(plain) or NAME_FIRST.fullmatch(plain):
        month = _month(found["name"])
        return _day(text, found["year"], month, int(found["day"]), today)
    if found := YEAR_FIRST.fullmatch(plain) or POINTS.fullmatch(plain):
        return _day(text, found["year"], int(found["month"]), int(found["day"]), today)
    if found := SLASHES.fullmatch(plain):
        return _by_slashes(text, found, today)
    raise _unclear(text)


def _month(name: str) -> int:
    """0 for a word that is no month; `sept` and full names are."""
    return MONTHS.index(name[:3]) + 1 if name[:3] in MONTHS else 0


def _by_slashes(text: str, found: re.Match[str], today: date) -> date:
    """Half of the world writes the day first, half the month: only one meaning will do."""
    one, two, year = int(found["one"]), int(found["two"]), found["year"]
    if one > 12 or one == two:
        return _day(text, year, two, one, today)
    if two > 12:
        return _day(text, year, one, two, today)
    day_first, month_first = _day(text, year, two, one, today), _day(text, year, one, two, today)
    raise BadRequest(
        msg(
            "{typed} could be {one} or {other}. Write the month as a word.",
            typed=Foreign(repr(text[:QUOTED])),
            one=Day(day_first, DayStyle.BRIEF),
            other=Day(month_first, DayStyle.BRIEF),
        )
    )


def _day(text: str, year: str | None, month: int, day: int, today: date) -> date:
    try:
        if year is not None:
            return date(int(year), month, day)
        for back in range(9):  # the 29th of February may be eight years ago
            found = _in_year(today.year - back, month, day)
            if found is not None and found <= today:
                return found
        return date(today.year, month, day)
    except ValueError:
        raise _unclear(text) from None


def _in_year(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _unclear(text: str) -> BadRequest:
    return BadRequest(
        msg("{typed} isn't a date. Write it like 3 Nov 2026 or 2026-11-03.", typed=Foreign(repr(text[:QUOTED])))
    )
