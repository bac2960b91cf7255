"""How many interactions per second a member may send, so that nobody keeps the bot from everybody else."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bot.data_classes import wired

BURST = 20  # at once
PER_SECOND = 3.0  # in the long run
FULL_AGAIN = BURST / PER_SECOND  # seconds
PAUSE = 5.0  # seconds between two replies that say so, to one member
MOST_REMEMBERED = 10_000  # buckets, in case so many members are active within seconds


class Sent(Enum):
    """What a member sends. Each kind has its own limit."""

    PRESSED = "commands, buttons and menus"
    TYPED = "what suggestions are asked for: it comes with each letter"
    FILLED = "forms, whose words must not be lost"


@dataclass(slots=True, kw_only=True)
class _Bucket:
    tokens: float
    at: float
    told_at: float = -math.inf


@wired
class MemberLimits:
    """A token bucket for each member and kind. Members who were quiet for a while are forgotten."""

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[tuple[int, Sent], _Bucket] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._buckets)

    def takes(self, member: int, sent: Sent = Sent.PRESSED) -> bool:
        """Whether one more is within the limits; if so, it is counted."""
        bucket = self._bucket(member, sent)
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True

    def tells(self, member: int) -> bool:
        """Whether to tell a refused member now, which happens only once in a while."""
        bucket = self._bucket(member, Sent.PRESSED)
        if bucket.at - bucket.told_at < PAUSE:
            return False
        bucket.told_at = bucket.at
        return True

    def _bucket(self, member: int, sent: Sent) -> _Bucket:
        """Refilled for the elapsed time."""
        now, key = self.clock(), (member, sent)
        bucket = self._buckets.setdefault(key, _Bucket(tokens=BURST, at=now))
        bucket.tokens = min(float(BURST), bucket.tokens + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        self._buckets.move_to_end(key)
        self._forget(now)
        return bucket

    def _forget(self, now: float) -> None:
        """The first one has been inactive the longest."""
        while len(self._buckets) > MOST_REMEMBERED or now - next(iter(self._buckets.values())).at > FULL_AGAIN:
            self._buckets.popitem(last=False)
