"""What was spent, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
