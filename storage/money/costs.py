"""The answer to /costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.money.costs import CostQuestion, Costs, ExportedCharge, MonthSpending
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.guilds import monthly_budget
from storage.money.ledger import budget_left, month_spending
from storage.reports.spending import SpendingQuery


@dataclass(frozen=True, kw_only=True)
class SqlCostReports:
    """The CostReports."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none

    async def report(self, question: CostQuestion, zone: tzinfo) -> Costs:
        now = self.clock.now()

        async def read(connection: AsyncConnection) -> Costs:
            costs = await SpendingQuery(connection=connection, question=question, zone=zone).costs()
            if question.owners is not None:
                return costs
            cap = await monthly_budget(connection, question.guild_id, self.budget)
            return replace(costs, budget=cap, budget_left=await budget_left(connection, question.guild_id, cap, now))

        return await self.database.read(read)

    async def charges(
        self, question: CostQuestion, zone: tzinfo, after: ExportedCharge | None, most: int
    ) -> Sequence[ExportedCharge]:
        async def read(connection: AsyncConnection) -> list[ExportedCharge]:
            return await SpendingQuery(connection=connection, question=question, zone=zone).charges(after, most)

        return await self.database.read(read)

    async def spenders(self, question: CostQuestion, most: int) -> Sequence[int]:
        async def read(connection: AsyncConnection) -> list[int]:
            return await SpendingQuery(connection=connection, question=question, zone=UTC).spenders(most)

        return await self.database.read(read)

    async def month(self, guild_id: int) -> MonthSpending:
        now = self.clock.now()

        async def read(connection: AsyncConnection) -> MonthSpending:
            cap = await monthly_budget(connection, guild_id, self.budget)
            return await month_spending(connection, guild_id, cap, now)

        return await self.database.read(read)
