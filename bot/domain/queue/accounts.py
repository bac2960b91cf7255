"""What runs and waits at each account, and orders that move to another one while they wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.job import Job


@value_object
class AccountLoad:
    """For one account, over all processes."""

    rendering: int = 0  # or about to be sent
    waiting: int = 0

    def free(self, most: int | None) -> int | None:
        """How many renders could start at once, given this limit; None if there is no limit."""
        return None if most is None else max(0, most - self.rendering - self.waiting)


NO_LOAD = AccountLoad()


class AccountQueues(Protocol):
    async def loads(self) -> Mapping[str, AccountLoad]:
        """For the accounts that have anything to do; own keys are separate accounts."""
        ...

    async def movable(self, account: str, most: int) -> Sequence[Job]:
        """New videos that wait at an account and that nobody holds, oldest first.

        Not remixes, nor orders that were sent once: only their own account knows whether they were accepted.
        """
        ...

    async def reassign(self, job: Job, account: str) -> bool:
        """Let a waiting order wait at another account. False if it no longer waits at its own."""
        ...
