"""An order that its service answered with an error of its own (5xx): whether it was taken, and is sent once more.

Nobody knows at first. But there was an answer, so nothing of it is under way any more: where a service shows each order
as soon as it has taken it, what is not there a minute later was not taken.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.video import RemixMethod

LOOKS = (5.0, 20.0, 60.0)  # seconds after the answer, from which on each complete look counts; as far apart, too
WITHIN = timedelta(minutes=15)  # of the answer; later nobody waits for a machine's second order any more


class Stage(StrEnum):
    """What comes of it."""

    WATCHED = "watched"  # it is made sure that it was not taken
    DUE = "due"  # it was not: the order waits to be sent once more
    OVER = "over"  # it was sent once more, or is not


@value_object
class FirstTry:
    """Kept for good: an order that has one is sent by itself once more, and never again after that."""

    sent_at: datetime
    answered_at: datetime
    method: RemixMethod | None = None  # the way that a remix was to be made by
    absent_at: tuple[datetime, ...] = ()  # when complete looks that count, in a row, were asked for
    stage: Stage = Stage.WATCHED

    @property
    def is_absent(self) -> bool:
        return len(self.absent_at) >= len(LOOKS)

    def at_stage(self, stage: Stage) -> FirstTry:
        return replace(self, stage=stage)

    def is_too_old(self, now: datetime) -> bool:
        """Whether it took so long to make sure that the order is not sent once more."""
        return now - self.answered_at > WITHIN

    def unseen(self, asked_at: datetime, since: datetime) -> FirstTry:
        """After a complete look that was asked for then and did not show it. One that came too early counts nothing.

        `since`: from when on looks count: from the answer, or from when the clock was found to have jumped after it.
        """
        if self.is_absent or asked_at < self._due(since):
            return self
        return replace(self, absent_at=(*self.absent_at, asked_at))

    def until_look(self, now: datetime, since: datetime) -> float:
        """Seconds until the next look counts; no more than a minute, whatever the clock does."""
        return min(max(0.0, (self._due(since) - now).total_seconds()), LOOKS[-1])

    def _due(self, since: datetime) -> datetime:
        """When the next look counts: a process whose clock is ahead of the answer's does not look thrice at once."""
        look = min(len(self.absent_at), len(LOOKS) - 1)
        due = since + timedelta(seconds=LOOKS[look])
        if not self.absent_at:
            return due
        return max(due, self.absent_at[-1] + timedelta(seconds=LOOKS[look] - LOOKS[look - 1]))
