"""What was spent."""

from __future__ import annotations

from typing import Protocol

from bot.domain.money.costs import Costs, MonthSpending, Period


class CostReports(Protocol):
    """The answers to /costs."""

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        """From the ledger; budget figures only when `owner_id` is None."""
        ...

    async def month(self, guild_id: int) -> MonthSpending:
        """How a server's current month stands, from its counters."""
        ...
