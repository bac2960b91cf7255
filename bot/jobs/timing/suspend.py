"""Whether this machine has slept, and since when it has been awake.

A sleeping machine's wall clock goes on while requests are frozen: they may be carried out after it wakes, however long
ago they were sent by that clock. The monotonic clocks of Linux and macOS stop during sleep, and that reveals it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

UNNOTICED = 5.0  # seconds that the two clocks may differ by; small steps of the wall clock are no sleep
LONGEST_REQUEST = timedelta(seconds=60)  # the longest that a paid request may be in progress


class SuspendDetector:
    """`monotonic` counts seconds while the machine is awake; without it, sleep is never detected.

    Setting the clock forward looks like sleep, too; that costs a few minutes of patience.
    """

    def __init__(self, monotonic: Callable[[], float] | None = None) -> None:
        self._monotonic = monotonic
        self._seen: tuple[datetime, float] | None = None
        self._slept: tuple[datetime, datetime] | None = None  # from, and until

    def note(self, now: datetime) -> datetime:
        """Compare the clocks; the moment that was given."""
        if self._monotonic is not None:
            awake = self._monotonic()
            if self._seen is not None and (now - self._seen[0]).total_seconds() - (awake - self._seen[1]) > UNNOTICED:
                self._slept = (self._seen[0], now)
                log.warning("this machine stood still between %s and %s", *self._slept)
            self._seen = (now, awake)
        return now

    def since_sent(self, sent_at: datetime) -> datetime:
        """From when on a request may be waited for: from sending it, or from waking if the machine may have slept in
        between.
        """
        if self._slept is None:
            return sent_at
        fell_asleep, woke = self._slept
        return woke if fell_asleep - LONGEST_REQUEST <= sent_at <= woke else sent_at
