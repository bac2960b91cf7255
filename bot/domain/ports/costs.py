"""What was spent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.money.allowances import Allowances, Drawn, Pool, Used
from bot.domain.money.costs import Costs, MonthSpending, Period


class CostReports(Protocol):
    """The answers to /costs."""

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        """From the ledger; budget figures only when `owner_id` is None."""
        ...

    async def month(self, guild_id: int) -> MonthSpending:
        """How a server's current month stands, from its counters."""
        ...


class ScopeReports(Protocol):
    """How the limits within a server's month stand."""

    async def pool_months(self, guild_id: int, pools: Iterable[Pool]) -> Mapping[int, MonthSpending]:
        """How the current months of its pools stand, by their roles."""
        ...

    async def used(self, guild_id: int, owner_id: int, allowances: Allowances) -> Used:
        """What is used of these, of the member's own limits today and this month."""
        ...

    async def drawn(self, job_id: JobId) -> Drawn:
        """What a job draws on; nothing beyond the server's month for one that is not known."""
        ...
