"""Discord's rate limits, and the headers that report them."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from bot.data_classes import value_object
from bot.sandbox.discord.http.trouble import rate_limited
from bot.sandbox.discord.world.clock import Clock

OLD_MESSAGE = 3600  # seconds; edits of older messages have their own limit
TOO_MANY_OLD_EDITS = 30046


@value_object(kw_only=False)
class Allowance:
    requests: int
    seconds: float


ALLOWANCES = {"send": Allowance(5, 5.0), "edit": Allowance(5, 5.0), "delete": Allowance(5, 1.0)}
EVERYTHING = Allowance(50, 1.0)  # all requests with the bot's token
OLD_EDITS = Allowance(3, 6.0)


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class Limits:
    """Fixed windows that start with their first request."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, int], _Window] = {}

    def count_everything(self) -> None:
        """Count a request with the bot's token; 429 with `global` above 50 in a second."""
        window = self._window(("everything", 0), EVERYTHING)
        if window.used >= EVERYTHING.requests:
            raise rate_limited(window.ends - self._clock.now(), scope="global")
        window.used += 1

    def count(self, bucket: str, channel_id: int) -> dict[str, str]:
        """Count a request in a bucket: returns the headers for its answer, or raises 429."""
        allowance = ALLOWANCES[bucket]
        window = self._window((bucket, channel_id), allowance)
        left = window.ends - self._clock.now()
        headers = {
            "X-RateLimit-Limit": str(allowance.requests),
            "X-RateLimit-Remaining": str(max(0, allowance.requests - window.used - 1)),
            "X-RateLimit-Reset": f"{window.ends:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.md5(bucket.encode(), usedforsecurity=False).hexdigest(),
        }
        if window.used >= allowance.requests:
            raise rate_limited(math.ceil(left * 1000) / 1000, headers=headers)
        window.used += 1
        return headers

    def count_old_edit(self, channel_id: int, age: float) -> None:
        """Edits of messages older than an hour: three in six seconds for each channel."""
        if age < OLD_MESSAGE:
            return
        window = self._window(("old edits", channel_id), OLD_EDITS)
        if window.used >= OLD_EDITS.requests:
            raise rate_limited(window.ends - self._clock.now(), code=TOO_MANY_OLD_EDITS)
        window.used += 1

    def _window(self, key: tuple[str, int], allowance: Allowance) -> _Window:
        now = self._clock.now()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + allowance.seconds)
        return window
