"""Accounts whose videos have not been compared with the waiting orders yet, since this process started.

After an old backup was restored, an order that waits at one account may have been made at another that has its model.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from datetime import datetime

from bot.data_classes import wired
from bot.domain.accounts import is_own
from bot.domain.job import Job
from bot.domain.messages import msg

RECONCILING = msg("The bot has just restarted and is checking its records against the video service first.")


@wired
class Comparisons:
    """Orders placed after a comparison has begun wait for none: they can't have been made yet."""

    _begun: dict[str, datetime] = field(default_factory=dict)  # by account; those not finished

    def begin(self, account: str, now: datetime) -> None:
        self._begun.setdefault(account, now)

    def end(self, account: str) -> None:
        """It was compared, or could not be."""
        self._begun.pop(account, None)

    def hold(self, job: Job, accounts: Iterable[str]) -> bool:
        """Whether an order may have been made already at one of the accounts that have its model."""
        if is_own(job.account):  # an order that an own key was to pay for went to no other account
            return False
        return any(job.created_at <= self._begun[name] for name in accounts if name in self._begun)
