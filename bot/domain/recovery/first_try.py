"""An order that its service answered with an error of its own (5xx): whether it was accepted, and is sent once more.

At first nobody knows. But there was an answer, so it is no longer in progress: if a service lists each order as soon as
it accepts it, an order that is not listed a minute later was not accepted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.video import RemixMethod

LOOKS = (5.0, 20.0, 60.0)  # seconds after the answer from which each complete lookup counts; they are as far apart, too
WITHIN = timedelta(minutes=15)  # after the answer; later, nobody expects an automatic second order any more


class Stage(StrEnum):
    """What becomes of it."""

    WATCHED = "watched"  # making sure that it was not accepted
    DUE = "due"  # it was not: the order waits to be sent once more
    OVER = "over"  # it was sent once more, or won't be


@value_object
class FirstTry:
    """Kept permanently: an order that has one is automatically sent once more, and never again after that."""

    sent_at: datetime
    answered_at: datetime
    method: RemixMethod | None = None  # a remix's method
    absent_at: tuple[datetime, ...] = ()  # when the consecutive complete lookups that count were requested
    stage: Stage = Stage.WATCHED

    @property
    def is_absent(self) -> bool:
        return len(self.absent_at) >= len(LOOKS)

    def at_stage(self, stage: Stage) -> FirstTry:
        return replace(self, stage=stage)

    def is_too_old(self, now: datetime) -> bool:
        """Whether making sure took so long that the order is not sent once more."""
        return now - self.answered_at > WITHIN

    def unseen(self, asked_at: datetime, since: datetime) -> FirstTry:
        """After a complete lookup, requested then, that did not show it. One that came too early doesn't count.

        `since`: from when lookups count: from the answer, or from when the clock was found to have jumped after it.
        """
        if self.is_absent or asked_at < self._due(since):
            return self
        return replace(self, absent_at=(*self.absent_at, asked_at))

    def until_look(self, now: datetime, since: datetime) -> float:
        """Seconds until the next lookup counts; at most a minute, whatever the clock does."""
        return min(max(0.0, (self._due(since) - now).total_seconds()), LOOKS[-1])

    def _due(self, since: datetime) -> datetime:
        """When the next lookup counts: a process whose clock is ahead must not count three lookups at once."""
        look = min(len(self.absent_at), len(LOOKS) - 1)
        due = since + timedelta(seconds=LOOKS[look])
        if not self.absent_at:
            return due
        return max(due, self.absent_at[-1] + timedelta(seconds=LOOKS[look] - LOOKS[look - 1]))
