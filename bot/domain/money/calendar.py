"""A server's own days and months, in the time zone it chose."""

from __future__ import annotations

import functools
import logging
from calendar import monthrange
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from bot.data_classes import value_object

log = logging.getLogger(__name__)

DEFAULT_ZONE = "UTC"
AREAS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
_FIRST = time()  # 00:00


def months_later(on: date, months: int) -> date:
    """The same day of another month, or the last one of a month that is too short; before it, if negative."""
    years, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, month + 1
    return date(year, month, min(on.day, monthrange(year, month)[1]))


@value_object(kw_only=False)
class Calendar:
    """Days and months begin at midnight there, whenever the clocks are changed."""

    zone: tzinfo = UTC

    @classmethod
    def of(cls, zone: str | None) -> Calendar:
        """By a zone's name. UTC if there is none, or if this machine does not know it."""
        if zone is None:
            return cls()
        try:
            return cls(ZoneInfo(zone))
        except (KeyError, ValueError, OSError):
            log.warning("the time zone %r is not known here: UTC is used", zone)
            return cls()

    def local(self, at: datetime) -> datetime:
        """The same time, as clocks there show it."""
        return at.astimezone(self.zone)

    def day_of(self, at: datetime) -> str:
        """Such as `2026-11-29`."""
        return f"{self.local(at):%Y-%m-%d}"

    def midnight(self, on: date) -> datetime:
        """When a day begins (UTC).

        If midnight is skipped because clocks go forward, that is the moment of the change.
        """
        return datetime.combine(on, _FIRST, self.zone).astimezone(UTC)

    def last_day_before(self, until: datetime) -> date:
        """The last whole day of what ends at a midnight."""
        return self.local(until.astimezone(UTC) - timedelta(microseconds=1)).date()

    def next_day(self, at: datetime) -> datetime:
        return self.midnight(self.local(at).date() + timedelta(days=1))

    def last_of_month(self, at: datetime) -> date:
        return self.last_day_before(self.next_month(at))

    def months_later(self, at: datetime, months: int) -> datetime:
        """When clocks there show the same time on the same day of another month (UTC). See `months_later`."""
        here = self.local(at)
        return datetime.combine(months_later(here.date(), months), here.time(), self.zone).astimezone(UTC)

    def next_month(self, at: datetime) -> datetime:
        first = self.local(at).date().replace(day=1)
        return self.midnight((first + timedelta(days=31)).replace(day=1))


@functools.cache
def zones() -> Sequence[str]:
    """The names of all time zones as people know them, such as `Europe/Berlin`.

    Looks through a folder of files the first time, which takes a tenth of a second.
    """
    known = available_timezones()
    return [DEFAULT_ZONE, *sorted(name for name in known if name.partition("/")[0] in AREAS)]
