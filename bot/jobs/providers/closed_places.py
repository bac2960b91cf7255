"""Hosts that finished files may not be fetched from until whoever runs the bot allows it: reported once, not tried
again.

A restart forgets this, as it may bring the setting that allows it; so does a day.
"""

from __future__ import annotations

import logging
from dataclasses import field
from datetime import datetime, timedelta

from bot.data_classes import value_object
from bot.domain.errors import OutOfBounds

log = logging.getLogger(__name__)

LASTS = timedelta(days=1)


@value_object(kw_only=False)
class ClosedPlaces:
    """Those that this process has met, by account and host."""

    met: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def note(self, account: str, barred: OutOfBounds, now: datetime) -> None:
        """A file there was requested in vain."""
        if not self.holds(account, barred.place, now):
            log.error("%s Videos there wait until then. After changing the setting, restart.", barred.sentence)
            self.met[account, barred.place] = now

    def holds(self, account: str, place: str | None, now: datetime) -> bool:
        """Whether another request would be in vain."""
        since = None if place is None else self.met.get((account, place))
        return since is not None and timedelta() <= now - since < LASTS
