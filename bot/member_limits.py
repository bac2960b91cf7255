"""How many interactions a second one member is answered, so that nobody takes the bot away from everybody else."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bot.data_classes import value_object

BURST = 20  # at once
PER_SECOND = 3.0  # in the long run
FULL_AGAIN = BURST / PER_SECOND  # seconds
PAUSE = 5.0  # seconds between two sentences to one member
MOST_REMEMBERED = 10_000  # buckets, should so many members be busy in the same seconds


class Sent(Enum):
    """What a member sends. Each kind has a bound of its own."""

    PRESSED = "commands, buttons and menus"
    TYPED = "what suggestions are asked for: it comes with each letter"
    FILLED = "forms, whose words must not be lost"


@dataclass(slots=True, kw_only=True)
class _Bucket:
    tokens: float
    at: float
    told_at: float = -math.inf


@value_object
class MemberLimits:
    """A token bucket for each member and kind. Who has been quiet for a while is forgotten."""

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[tuple[int, Sent], _Bucket] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._buckets)

    def takes(self, member: int, sent: Sent = Sent.PRESSED) -> bool:
        """Whether one more is within the bounds; it is counted then."""
        bucket = self._bucket(member, sent)
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True

    def tells(self, member: int) -> bool:
        """Whether one who was refused is to be told, and not again for a while."""
        bucket = self._bucket(member, Sent.PRESSED)
        if bucket.at - bucket.told_at < PAUSE:
            return False
        bucket.told_at = bucket.at
        return True

    def _bucket(self, member: int, sent: Sent) -> _Bucket:
        """Refilled for the time that has passed."""
        now, key = self.clock(), (member, sent)
        bucket = self._buckets.setdefault(key, _Bucket(tokens=BURST, at=now))
        bucket.tokens = min(float(BURST), bucket.tokens + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        self._buckets.move_to_end(key)
        self._forget(now)
        return bucket

    def _forget(self, now: float) -> None:
        """The first is the one not heard of for longest."""
        while len(self._buckets) > MOST_REMEMBERED or now - next(iter(self._buckets.values())).at > FULL_AGAIN:
            self._buckets.popitem(last=False)
