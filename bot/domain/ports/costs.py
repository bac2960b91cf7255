"""What was spent, and on what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.money.allowances import Allowances, Drawn, Pool, Used
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import CostQuestion, Costs, DateRange, ExportedCharge, MonthSpending
from bot.domain.stats import VideoStats


class CostReports(Protocol):
    """The answers to /costs."""

    async def calendar(self, guild_id: int) -> Calendar:
        """The calendar that defines a server's days."""
        ...

    async def report(self, question: CostQuestion) -> Costs:
        """Totals of exact amounts; budget figures only if everybody's are requested."""
        ...

    async def charges(
        self, question: CostQuestion, after: ExportedCharge | None, most: int
    ) -> Sequence[ExportedCharge]:
        """The oldest charges after that one, at most so many."""
        ...

    async def spenders(self, question: CostQuestion, most: int) -> Sequence[int]:
        """Members whose orders were counted in these days, biggest spenders first."""
        ...

    async def month(self, guild_id: int) -> MonthSpending:
        """A server's current month, from its counters."""
        ...


class StatReports(Protocol):
    """The answers to /stats."""

    async def stats(self, guild_id: int | None, days: DateRange) -> VideoStats:
        """For one server by its own days, or for all by UTC days."""
        ...


class ScopeReports(Protocol):
    """The state of the limits within a server's month."""

    async def pool_months(self, guild_id: int, pools: Iterable[Pool]) -> Mapping[int, MonthSpending]:
        """How the current months of its pools stand, by their roles."""
        ...

    async def used(self, guild_id: int, owner_id: int, allowances: Allowances) -> Used:
        """How much of these is used, and of the member's own limits today and this month."""
        ...

    async def drawn(self, job_id: JobId) -> Drawn:
        """What a job counts towards; nothing beyond the server's month for an unknown one."""
        ...

    async def of_own_key(self, account: str) -> MonthSpending | None:
        """An own key's current month compared with its owner's limit; None if it has no limit, or is gone."""
        ...
