"""What was spent, and what came of it."""

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
        """By which a server's days begin."""
        ...

    async def report(self, question: CostQuestion) -> Costs:
        """Sums of exact amounts; budget figures only when everybody's are asked for."""
        ...

    async def charges(
        self, question: CostQuestion, after: ExportedCharge | None, most: int
    ) -> Sequence[ExportedCharge]:
        """The oldest charges after that one, at most so many."""
        ...

    async def spenders(self, question: CostQuestion, most: int) -> Sequence[int]:
        """Whose orders were counted in these days, those who spent most first."""
        ...

    async def month(self, guild_id: int) -> MonthSpending:
        """How a server's current month stands, from its counters."""
        ...


class StatReports(Protocol):
    """The answers to /stats."""

    async def stats(self, guild_id: int | None, days: DateRange) -> VideoStats:
        """Of one server by its own days, or of all by days of UTC."""
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

    async def of_own_key(self, account: str) -> MonthSpending | None:
        """How an own key's current month stands against its owner's limit; None where it has none, or is gone."""
        ...
