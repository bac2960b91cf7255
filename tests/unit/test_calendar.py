"""Days and months in a server's time zone, and days as people type them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.money.calendar import Calendar, zones
from bot.domain.money.costs import Period

BERLIN = Calendar.of("Europe/Berlin")


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_day_and_a_month_are_those_of_the_zone() -> None:
    late = utc(2026, 11, 30, 23, 30)
    assert (Calendar().day_of(late), BERLIN.day_of(late)) == ("2026-11-30", "2026-12-01")
    assert BERLIN.next_day(late) == utc(2026, 12, 1, 23)
    assert BERLIN.next_month(utc(2026, 12, 31, 22, 59)) == utc(2026, 12, 31, 23)
    first = Period.MONTH.days(BERLIN.local(late).date()).first
    assert first is not None
    assert BERLIN.midnight(first) == utc(2026, 11, 30, 23)


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        ("Europe/Berlin", date(2026, 3, 29), (2026, 3, 28, 23), (2026, 3, 29, 22)),  # 23 hours
        ("Europe/Berlin", date(2026, 10, 25), (2026, 10, 24, 22), (2026, 10, 25, 23)),  # 25 hours
        ("Africa/Cairo", date(2026, 4, 24), (2026, 4, 23, 22), (2026, 4, 24, 21)),  # without midnight
        ("America/Havana", date(2026, 11, 1), (2026, 11, 1, 4), (2026, 11, 2, 5)),  # with two midnights
    ],
)
def test_a_day_begins_and_ends_right_when_clocks_are_changed(
    zone: str, day: date, begins: tuple[int, ...], ends: tuple[int, ...]
) -> None:
    calendar = Calendar.of(zone)
    assert (calendar.midnight(day), calendar.next_day(calendar.midnight(day))) == (utc(*begins), utc(*ends))
    assert calendar.day_of(utc(*begins)) == f"{day}"
    day_before = day - timedelta(days=1)
    assert [calendar.last_day_before(utc(*at)) for at in (begins, ends)] == [day_before, day]


def test_an_unknown_zone_is_utc() -> None:
    assert Calendar.of(None) == Calendar.of("Europe/Atlantis") == Calendar.of("../zones") == Calendar()


def test_zones_are_named_as_people_know_them() -> None:
    assert zones()[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York", "Asia/Kolkata"} <= set(zones())
    assert not any(name.startswith(("Etc/", "US/", "posix")) for name in zones())


def test_the_last_day_of_a_month() -> None:
    assert BERLIN.last_of_month(utc(2026, 11, 30, 22)) == date(2026, 11, 30)
    assert BERLIN.last_of_month(utc(2026, 11, 30, 23)) == date(2026, 12, 31)
