"""What was asked of the prompt helper, and the money of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import Usd
from bot.domain.prompting.helper import HelperTask


@value_object
class HelperCall:
    """One paid request of a member's. No words are kept of it."""

    id: str
    guild_id: int
    owner_id: int
    task: HelperTask
    bound: Usd  # it costs no more than this, unless the service says so


class HelperCalls(Protocol):
    """Kept before they are sent, with their bound reserved; what they cost counts in the month they were opened in."""

    async def open(self, call: HelperCall, allowances: Allowances) -> None:
        """Raises OverBudget and QueueClosed, and then nothing is kept."""
        ...

    async def settle(self, call_id: str, cost: Usd | None) -> Usd:
        """What it cost. None: nobody can tell, so its bound; one that has ended stays as it is.

        Of one that was given up before, what is known now is corrected.
        """
        ...

    async def release(self, call_id: str) -> None:
        """Nothing was charged. One that was given up before costs nothing after all."""
        ...

    async def settle_left(self, opened_before: datetime) -> Sequence[str]:
        """Charge their bounds for those that nobody waits for any more; which these were."""
        ...
