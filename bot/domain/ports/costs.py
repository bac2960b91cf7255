"""What was spent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Protocol

from bot.domain.money.costs import CostQuestion, Costs, DateRange, ExportedCharge, MonthSpending
from bot.domain.stats import VideoStats


class CostReports(Protocol):
    """The answers to /costs. `zone` is where the server's days begin."""

    async def report(self, question: CostQuestion, zone: tzinfo) -> Costs:
        """Sums of exact amounts; budget figures only when everybody's are asked for."""
        ...

    async def charges(
        self, question: CostQuestion, zone: tzinfo, after: ExportedCharge | None, most: int
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

    async def stats(self, guild_id: int | None, days: DateRange, zone: tzinfo) -> VideoStats:
        """Of one server, or of all. `zone` is where the days begin."""
        ...
