"""Deadlines as people write them: `Sunday`, `Sunday 18:00`, `24 Dec 2026 6 pm`, `3 days`, `12h`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Foreign, Moment, MomentStyle, msg
from bot.domain.money.calendar import Calendar
from bot.domain.queue.ages import LONGEST_TYPED, moment_away
from bot.domain.texts.dates import NotADayError, read_day
from bot.domain.texts.day_words import AHEAD, plain_words, weekday_of, without_preposition

AT = r"(?:(?:at|um|a|as|a las)\s+)?"  # in our languages, without accents
CLOCK = re.compile(
    rf"(?P<day>.*?)(?:,?\s+{AT}|^{AT}|(?<=[日曜])の?)"
    r"(?:(?P<early>午前)|(?P<late>午後))?(?P<hour>\d{1,2})(?:[:.h時](?P<minute>\d{2})分?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?(?P<oclock>uhr|h|heures?|horas?|時)?"
)
LAST_MINUTE = timedelta(minutes=1)  # midnight reads as the day after
SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=366)


def read_deadline(typed: str, now: datetime, calendar: Calendar) -> datetime:
    """A future time. For a day, its last minute in the server's time zone. Raises BadRequest."""
    with changing_nothing():
        at = _read(typed, now, calendar)
    return _checked(at, now)


def _read(typed: str, now: datetime, calendar: Calendar) -> datetime:
    text = plain_words(typed)
    if (ahead := moment_away(AHEAD.fullmatch(text), now, calendar)) is not None:
        return ahead
    today = calendar.local(now).date()
    try:
        return calendar.next_day(calendar.midnight(read_day(text, today, ahead=True))) - LAST_MINUTE
    except (NotADayError, OverflowError):
        at = _at_a_clock(text, now, calendar)
    if at is None:
        raise BadRequest(
            msg(
                "'{typed}' isn't a time that can be read. Write Sunday, Sunday 18:00, 2026-12-24 or 3 days.",
                typed=Foreign(" ".join(typed.casefold().split())[:LONGEST_TYPED]),
            )
        )
    return at


def _at_a_clock(text: str, now: datetime, calendar: Calendar) -> datetime | None:
    """A time on a day; without a day, the next time the clock shows it."""
    found = CLOCK.fullmatch(text)
    clock = None if found is None else _clock(found)
    if found is None or clock is None:
        return None
    day = found["day"].strip().removesuffix(",")
    today = calendar.local(now).date()
    try:
        on = read_day(day, today, ahead=True) if day else today
        at = datetime.combine(on, clock, calendar.zone)
        if at <= now and (not day or weekday_of(without_preposition(day)) == today.weekday()):
            at += timedelta(days=7 if day else 1)
        return at.astimezone(UTC)
    except (NotADayError, OverflowError):  # the very first and last hours may not exist in UTC
        return None


def _clock(found: re.Match[str]) -> time | None:
    """`18:00`, `6 pm`, `18 Uhr`, `午後6時`; a bare number is no time."""
    hour, minute, half = int(found["hour"]), found["minute"], found["half"]
    if minute is None and half is None and found["oclock"] is None:
        return None
    is_japanese = bool(found["early"] or found["late"])  # noon is `午後0時`
    if is_japanese or half is not None:
        if not 1 - is_japanese <= hour <= 12:
            return None
        is_late = bool(found["late"]) if is_japanese else half.startswith("p")
        hour = hour % 12 + 12 * is_late
    return time(hour, int(minute or 0)) if hour < 24 and int(minute or 0) < 60 else None


def _checked(at: datetime, now: datetime) -> datetime:
    if at <= now:
        raise BadRequest(
            msg(
                "{day}, {time} has passed. Pick a time to come. Nothing was changed.",
                day=Moment(at, MomentStyle.DAY),
                time=Moment(at, MomentStyle.CLOCK),
            )
        )
    if at < now + SOONEST:
        raise BadRequest(msg("That's too soon: leave people at least 5 minutes. Nothing was changed."))
    if at > now + LATEST:
        raise BadRequest(msg("That's too far ahead: a contest can last a year at most. Nothing was changed."))
    return at
