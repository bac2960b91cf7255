"""How many interactions a second one member is answered, so that nobody takes the bot away from everybody else."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

BURST = 20  # at once
PER_SECOND = 3.0  # in the long run
PAUSE = 5.0  # seconds between two sentences to one member; a bucket is full again before that
MOST_REMEMBERED = 10_000  # buckets, should so many members be busy in the same five seconds

Key = tuple[int, bool]  # the member, and whether suggestions are meant


@dataclass(slots=True, kw_only=True)
class _Bucket:
    tokens: float
    at: float
    told_at: float = -math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLimits:
    """Two token buckets for each member: suggestions, which come with each letter that is typed, have their own.

    Who has been quiet for a while is forgotten.
    """

    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[Key, _Bucket] = field(default_factory=OrderedDict)

    def __len__(self) -> int:
        return len(self._buckets)

    def takes(self, member: int, *, suggestions: bool = False) -> bool:
        """Whether one more is within the bounds; it is counted then."""
        bucket = self._bucket((member, suggestions))
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True

    def tells(self, member: int) -> bool:
        """Whether one who was refused is to be told, and not again for a while."""
        bucket = self._bucket((member, False))
        if bucket.at - bucket.told_at < PAUSE:
            return False
        bucket.told_at = bucket.at
        return True

    def _bucket(self, key: Key) -> _Bucket:
        """Refilled for the time that has passed."""
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(tokens=BURST, at=now))
        bucket.tokens = min(float(BURST), bucket.tokens + (now - bucket.at) * PER_SECOND)
        bucket.at = now
        self._buckets.move_to_end(key)
        self._forget(now)
        return bucket

    def _forget(self, now: float) -> None:
        """The first is the one not heard of for longest."""
        while len(self._buckets) > MOST_REMEMBERED or now - next(iter(self._buckets.values())).at > PAUSE:
            self._buckets.popitem(last=False)
