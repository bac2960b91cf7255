"""What runs and waits at each account, and orders that go to another one while they wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.job import Job


@value_object
class AccountLoad:
    """Of one account, over all processes."""

    rendering: int = 0  # or about to be sent
    waiting: int = 0

    def free(self, most: int | None) -> int | None:
        """Places for renders that could begin at once, of so many; None where there is no bound."""
        return None if most is None else max(0, most - self.rendering - self.waiting)


NO_LOAD = AccountLoad()


class AccountQueues(Protocol):
    async def loads(self) -> Mapping[str, AccountLoad]:
        """Of those accounts that have anything to do; own keys are accounts of their own."""
        ...

    async def movable(self, account: str, most: int) -> Sequence[Job]:
        """New videos that wait at an account and are in nobody's hands, the oldest first.

        Remixes stay, and what was sent once: whether that was taken is known there alone.
        """
        ...

    async def reassign(self, job: Job, account: str) -> bool:
        """Let a waiting order wait at another account. False when it does not wait at its own any more."""
        ...
