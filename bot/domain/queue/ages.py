"""Times as people write them: 24h, 7 days, and calendar days in all spellings and in our languages."""

from __future__ import annotations

from datetime import date, datetime

from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Day, Foreign, msg
from bot.domain.money.calendar import Calendar
from bot.domain.texts.times.dates import NotADayError, read_day
from bot.domain.texts.times.day_words import plain_words
from bot.domain.texts.times.lengths import Length

LONGEST_TYPED = 40  # characters
LAST_DAY = date(9999, 12, 30)  # the end of the day after it may not exist in UTC


def moment_before(typed: str, now: datetime, calendar: Calendar) -> datetime:
    """A time in the past; a day begins at midnight in the server's time zone. Raises BadRequest."""
    try:
        if (ago := moment_away(Length.ago(plain_words(typed)), now, calendar, sign=-1)) is not None:
            return ago
        with changing_nothing():
            at = calendar.midnight(read_day(typed, calendar.local(now).date()))
    except OverflowError:
        raise BadRequest(msg("That's too long ago. Pick a day from 2015 on. Nothing was changed.")) from None
    except NotADayError:
        raise BadRequest(
            msg(
                "“{typed}” isn't a time that can be read. Write 24h, 7d or a day like 2026-11-20. Nothing was changed.",
                typed=Foreign(typed.strip()[:LONGEST_TYPED]),
            )
        ) from None
    if at > now:
        raise BadRequest(msg("That's in the future. Nothing was changed."))
    return at


def end_of_day(typed: str, now: datetime, calendar: Calendar) -> datetime:
    """When a day to come is over, in the server's time zone. Raises BadRequest."""
    today = calendar.local(now).date()
    with changing_nothing():
        day = read_day(typed, today, ahead=True)
    if day < today:
        raise BadRequest(msg("That day is over. Choose today or a later one. Nothing was changed."))
    if day >= LAST_DAY:
        raise BadRequest(msg("That's too far ahead. Pick a day before {day}. Nothing was changed.", day=Day(LAST_DAY)))
    return calendar.next_day(calendar.midnight(day))


def moment_away(length: Length | None, now: datetime, calendar: Calendar, *, sign: int = 1) -> datetime | None:
    """None for no length. `sign`: -1 for a time in the past. Raises OverflowError for one that no calendar has."""
    if length is None:
        return None
    try:
        return calendar.months_later(now, sign * length.months) + sign * length.time
    except ValueError:
        raise OverflowError from None
