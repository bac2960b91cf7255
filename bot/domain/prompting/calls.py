"""Requests to the prompt helper, and their money."""

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
    """One paid request of a member's. Its text is not stored."""

    id: str
    guild_id: int
    owner_id: int
    task: HelperTask
    bound: Usd  # it costs no more than this, unless the service says so


class HelperCalls(Protocol):
    """Stored before they are sent, with their maximum reserved; their cost counts in the month they were opened in."""

    async def open(self, call: HelperCall, allowances: Allowances) -> None:
        """Raises OverBudget and QueueClosed; then nothing is stored."""
        ...

    async def settle(self, call_id: str, cost: Usd | None) -> Usd:
        """What it cost. None: unknown, so its maximum; one that has ended stays as it is.

        If it was given up before, this corrects it.
        """
        ...

    async def release(self, call_id: str) -> None:
        """Nothing was charged. One that was given up before costs nothing after all."""
        ...

    async def settle_left(self, opened_before: datetime) -> Sequence[str]:
        """Charge the maximum for those that nobody waits for any more. Returns them."""
        ...
