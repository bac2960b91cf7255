"""Days of the calendar as people type them: `3 Nov`, `Nov 3, 2026`, `3.11.2026`, `2026-11-03`, `Sunday`, `tomorrow`.

In each language that Kinora speaks, whichever one its reader has: dates are read as the bot itself writes them. Only
what `3/11` means depends on the reader's language.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Day, DayStyle, msg, quoted
from bot.domain.money.calendar import months_later
from bot.domain.money.costs import DateRange
from bot.domain.texts.languages import reader
from bot.domain.texts.times.day_words import month_of, plain_words, weekday_of, without_preposition
from bot.domain.texts.times.lengths import LONGEST, Length
from bot.domain.texts.times.relative_days import relative_day

OLDEST = date(2015, 1, 1)  # Discord is from that year
QUOTED = 30  # characters of an unclear text that a message repeats

NAME = r"(?P<name>[a-z]{3,10})\.?"
YEAR = r"(?:[\s,.]+(?:de\s+)?(?P<year>\d{4}))?"
DAY_FIRST = rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|o(?![a-z]))?\.?\s*(?:(?:of|de)\s+)?{NAME}{YEAR}"
NAME_FIRST = rf"{NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{YEAR}"
ORDINAL = (  # 24日 may be the 24th, or 24 days
    r"(?:(?:the|am|bis|bis zum|zum|den|on the|by the|until the)\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th|\.)"
    r"|(?:le|jusqu'au|el|hasta el|dia|no dia|ate o dia|ate dia)\s+(?P<named>\d{1,2})"
)
WITH_WEEKDAY = (
    r"(?:(?:on|am|le|el)\s+)?(?P<first>[^\W\d]+?)[.,]*\s+(?P<date>.*\d.*)|(?P<before>.*日)\s*\((?P<last>\w)\)"
)
JAPANESE = r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
YEAR_FIRST = r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"
POINTS = r"(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.?(?:\s*(?P<year>\d{4}|(?<=\.)\d{2}))?"
SLASHES = r"(?P<one>\d{1,2})[/-](?P<two>\d{1,2})(?:[/-](?P<year>\d{4}|(?<=/)\d{2}))?"
CENTURY = 2000  # of years with two digits
# Which way round these languages write numbers of days and months, by the Unicode CLDR. English is written both ways.
DAY_BEFORE_MONTH, YEAR_BEFORE_MONTH = frozenset(("de", "es", "fr", "pt_BR")), frozenset(("ja",))
MONTHS_APART = 2  # from one 31st to the next, at most
LEAP_YEARS = 8  # years between two 29ths of February, at most


class NotADayError(BadRequest):
    """A text that is not a day at all."""


def read_range(first: str | None, last: str | None, today: date) -> DateRange:
    """From one day to another, both included; open if nothing was typed. Raises BadRequest if that is no range."""
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


def read_day(text: str, today: date, *, ahead: bool = False) -> date:
    """A day. Without a year, or by weekday, it is today or the nearest one before or, with `ahead`, after it.

    Raises BadRequest.
    """
    return _Reader(text=text, today=today, step=1 if ahead else -1).read()


@value_object
class _Reader:
    text: str
    today: date
    step: int  # -1: looks back; 1: ahead

    def read(self) -> date:
        plain = plain_words(self.text)
        if len(plain) > LONGEST:
            raise _unclear(self.text)
        for sign, length in ((-1, Length.ago(plain)), (1, Length.ahead(plain))):
            if length is not None and length.is_away and length.is_of_days:
                return day_away(self.today, length, sign)
        if found := re.fullmatch(ORDINAL, plain):
            return self._of_a_month(int(found["day"] or found["named"]))
        relative = relative_day(plain, self.today, ahead=self.step > 0)
        return self._with_its_weekday(plain) if relative is None else relative

    def _with_its_weekday(self, plain: str) -> date:
        """`Sunday, 29 November` is checked, so that nobody means another day."""
        try:
            return self._of_the_calendar(without_preposition(plain))
        except NotADayError:
            found = re.fullmatch(WITH_WEEKDAY, plain)
            weekday = None if found is None else weekday_of(found["first"] or f"{found['last']}曜")
            if found is None or weekday is None:
                raise
        day = replace(self, text=found["date"] or found["before"]).read()
        if day.weekday() != weekday:
            raise BadRequest(msg("{day} is another day of the week. Check the date.", day=Day(day)))
        return day

    def _of_the_calendar(self, plain: str) -> date:
        if found := re.fullmatch(DAY_FIRST, plain) or re.fullmatch(NAME_FIRST, plain):
            return self._day(found["year"], month_of(found["name"]), int(found["day"]))
        if found := re.fullmatch(YEAR_FIRST, plain) or re.fullmatch(POINTS, plain) or re.fullmatch(JAPANESE, plain):
            return self._day(found["year"], int(found["month"]), int(found["day"]))
        if found := re.fullmatch(SLASHES, plain):
            return self._by_slashes(found)
        raise _unclear(self.text)

    def _of_a_month(self, day: int) -> date:
        """The nearest one before or after today; months that are too short have none."""
        for distance in range(MONTHS_APART + 1):
            first = months_later(self.today.replace(day=1), self.step * distance)
            found = _in_year(first.year, first.month, day)
            if found is not None and self.step * (found - self.today) >= timedelta():
                return found
        raise _unclear(self.text)

    def _by_slashes(self, found: re.Match[str]) -> date:
        """Half of the world writes the day first, half the month: if both fit, the reader's language decides.

        English has no one order: raises BadRequest, with both days.
        """
        one, two, year = int(found["one"]), int(found["two"]), found["year"]
        if reader() in YEAR_BEFORE_MONTH and year is not None and len(year) == 2:
            return self._day(found["one"], two, int(year))
        if one > 12 or one == two:
            return self._day(year, two, one)
        if two > 12 or reader() in YEAR_BEFORE_MONTH:
            return self._day(year, one, two)
        if reader() in DAY_BEFORE_MONTH:
            return self._day(year, two, one)
        raise BadRequest(
            msg(
                "{typed} could be {one} or {other}. Write the month as a word.",
                typed=quoted(self.text[:QUOTED]),
                one=Day(self._day(year, two, one), DayStyle.BRIEF),
                other=Day(self._day(year, one, two), DayStyle.BRIEF),
            )
        )

    def _day(self, year: str | None, month: int, day: int) -> date:
        try:
            if year is not None:
                return date(int(year) + (CENTURY if len(year) <= 2 else 0), month, day)
            for distance in range(LEAP_YEARS + 1):
                found = _in_year(self.today.year + self.step * distance, month, day)
                if found is not None and self.step * (found - self.today) >= timedelta():
                    return found
            return date(self.today.year, month, day)
        except ValueError:
            raise _unclear(self.text) from None


def day_away(today: date, length: Length, sign: int) -> date:
    """The first or last day there is, for one beyond it. `sign`: -1 for a day in the past."""
    try:
        return months_later(today, sign * length.months) + sign * length.time
    except (OverflowError, ValueError):
        return date.min if sign < 0 else date.max


def _in_year(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _unclear(text: str) -> NotADayError:
    return NotADayError(
        msg("{typed} isn't a date. Write it like 3 Nov 2026 or 2026-11-03.", typed=quoted(text[:QUOTED]))
    )
