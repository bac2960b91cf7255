"""How long a provider wants to be left alone, for all jobs of this process together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.messages import Message, msg

LONGEST = 600.0  # seconds; a host's own wish is heard up to here

BUSY = msg("The video service is busy.")


class Request(StrEnum):
    """Hosts limit these apart: who may not order any more may still look."""

    PAID = "paid"  # new videos
    FREE = "free"  # looks and downloads


@dataclass(frozen=True, slots=True)
class Throttle:
    """A wish that was said to one job ("in 40 seconds, please") is meant for all of them."""

    _wishes: dict[tuple[str, Request], tuple[datetime, Message]] = field(default_factory=dict)

    def hear(
        self, provider: str, request: Request, seconds: float | None, now: datetime, reason: Message = BUSY
    ) -> None:
        """Leave the provider alone for so long. None is no wish; a shorter wish never cuts a longer one."""
        if seconds is None:
            return
        until = now + timedelta(seconds=min(seconds, LONGEST))
        key = (provider, request)
        if key not in self._wishes or until > self._wishes[key][0]:
            self._wishes[key] = (until, reason)

    def left(self, provider: str, request: Request, now: datetime) -> float:
        """Seconds that the wish still holds; 0.0 when there is none."""
        until, _ = self._wishes.get((provider, request), (now, BUSY))
        return max(0.0, (until - now).total_seconds())

    def reason(self, provider: str, request: Request) -> Message:
        """What to say to those who wait because of it."""
        return self._wishes[provider, request][1] if (provider, request) in self._wishes else BUSY

    def free(self, provider: str, request: Request) -> None:
        """The wish is over."""
        self._wishes.pop((provider, request), None)
