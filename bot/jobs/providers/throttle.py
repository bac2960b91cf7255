"""How long an account's service wants to be left alone, for all jobs of this process together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = 600.0  # seconds; a host's own wish is heard up to here

BUSY = "The video service is busy."


class Request(StrEnum):
    """Hosts limit these apart: who may not order any more may still look."""

    PAID = "paid"  # new videos
    FREE = "free"  # looks and downloads


@dataclass(frozen=True, slots=True)
class Throttle:
    """A wish that was said to one job ("in 40 seconds, please") is meant for all of them."""

    _wishes: dict[tuple[str, Request], tuple[datetime, str]] = field(default_factory=dict)

    def hear(self, account: str, request: Request, seconds: float | None, now: datetime, reason: str = BUSY) -> None:
        """Leave the account alone for so long. None is no wish; a shorter wish never cuts a longer one."""
        if seconds is None:
            return
        until = now + timedelta(seconds=min(seconds, LONGEST))
        key = (account, request)
        if key not in self._wishes or until > self._wishes[key][0]:
            self._wishes[key] = (until, reason)

    def left(self, account: str, request: Request, now: datetime) -> float:
        """Seconds that the wish still holds; 0.0 when there is none."""
        until, _ = self._wishes.get((account, request), (now, BUSY))
        return max(0.0, (until - now).total_seconds())

    def reason(self, account: str, request: Request) -> str:
        """What to say to those who wait because of it."""
        return self._wishes[account, request][1] if (account, request) in self._wishes else BUSY

    def free(self, account: str, request: Request) -> None:
        """The wish is over."""
        self._wishes.pop((account, request), None)
