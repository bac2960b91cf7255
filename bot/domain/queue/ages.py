"""Times as people write them: 24h, 7 days, and calendar days in all spellings and in our languages."""

from __future__ import annotations

import re
from datetime import datetime

from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Foreign, msg
from bot.domain.money.calendar import Calendar
from bot.domain.texts.dates import NotADayError, read_day
from bot.domain.texts.day_words import AGO, length_of, months_of, plain_words

LONGEST_TYPED = 40  # characters


def moment_before(typed: str, now: datetime, calendar: Calendar) -> datetime:
    """A time in the past; a day begins at midnight in the server's time zone. Raises BadRequest."""
    if (ago := moment_away(AGO.fullmatch(plain_words(typed)), now, calendar, sign=-1)) is not None:
        return ago
    try:
        with changing_nothing():
            at = calendar.midnight(read_day(typed, calendar.local(now).date()))
    except (NotADayError, OverflowError):  # the first day of all begins before it where clocks are ahead of UTC
        raise BadRequest(
            msg(
                "'{typed}' isn't a time that can be read. Write 24h, 7d or a day like 2026-11-20. Nothing was changed.",
                typed=Foreign(typed.strip()[:LONGEST_TYPED]),
            )
        ) from None
    if at > now:
        raise BadRequest(msg("That's in the future. Nothing was changed."))
    return at


def moment_away(found: re.Match[str] | None, now: datetime, calendar: Calendar, *, sign: int = 1) -> datetime | None:
    """The time that AGO or AHEAD found; None for nothing. `sign`: -1 for one in the past."""
    if (length := length_of(found)) is not None:
        return now + sign * length
    months = months_of(found)
    return None if months is None else calendar.months_later(now, sign * months)
