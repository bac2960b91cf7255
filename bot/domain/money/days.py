"""Days as people type them: `2026-12-06`, `Sunday`, `tomorrow`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.domain.money.calendar import Calendar

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORTEST = 3  # letters of a weekday
SOON = {"today": 0, "tomorrow": 1}
WEEK = 7  # days


def read_day(text: str, calendar: Calendar, now: datetime) -> date:
    """The day that is meant, by the calendar's zone; a weekday is the next of its name, today among them.

    Raises ValueError for what is no day.
    """
    typed, today = text.strip().casefold(), calendar.local(now).date()
    if typed in SOON:
        return today + timedelta(days=SOON[typed])
    named = [number for number, name in enumerate(WEEKDAYS) if name.startswith(typed)]
    if len(typed) >= SHORTEST and named:
        return today + timedelta(days=(named[0] - today.weekday()) % WEEK)
    return date.fromisoformat(typed)


def last_of_month(calendar: Calendar, now: datetime) -> date:
    return (calendar.local(calendar.next_month(now)) - timedelta(days=1)).date()
