"""How long an account's service wants to be left alone, for all jobs of this process."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import wired
from bot.domain.hints import LONGEST_HINT, bounded_wait, still_to_wait
from bot.domain.messages import Message, msg

BUSY = msg("The video service is busy.")


class Request(StrEnum):
    """Services limit these separately: who may not order any more may still poll."""

    PAID = "paid"  # new videos
    FREE = "free"  # polls and downloads


@wired
class Throttle:
    """What one request was told ("in 40 seconds, please") applies to all."""

    _holds: dict[tuple[str, Request], tuple[datetime, Message]] = field(default_factory=dict)

    def hold(
        self, account: str, request: Request, seconds: float | None, now: datetime, reason: Message = BUSY
    ) -> None:
        """Leave the account alone for so long. None changes nothing; a shorter wait never cuts a longer one."""
        wait = bounded_wait(seconds)
        if wait is None:
            return
        until = now + timedelta(seconds=wait)
        key = (account, request)
        if key not in self._holds or until > self._holds[key][0]:
            self._holds[key] = (until, reason)

    def seconds_left(self, account: str, request: Request, now: datetime) -> float:
        """Seconds still to wait; 0.0 if nothing was asked, or if the clock was set back since."""
        until, _ = self._holds.get((account, request), (now, BUSY))
        return still_to_wait(until, now, LONGEST_HINT)

    def is_busy(self, account: str, now: datetime) -> bool:
        """Whether its service accepts no new videos now, by its own answer to one."""
        return self.seconds_left(account, Request.PAID, now) > 0 and self.reason(account, Request.PAID) == BUSY

    def reason(self, account: str, request: Request) -> Message:
        """What to tell those who wait because of it."""
        return self._holds[account, request][1] if (account, request) in self._holds else BUSY

    def release(self, account: str, request: Request) -> None:
        """The wait is over."""
        self._holds.pop((account, request), None)
