"""What was spent."""

from __future__ import annotations

from typing import Protocol

from bot.domain.money.costs import Costs, Period
from bot.domain.money.usd import Usd


class CostReports(Protocol):
    """The answers to /costs."""

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        """From the ledger; budget figures only when `owner_id` is None."""
        ...

    async def left(self, guild_id: int) -> Usd:
        """What a server may still promise this month."""
        ...
