"""The answers to /costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import CostQuestion, Costs, ExportedCharge, MonthSpending
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.db.totals import total
from storage.guilds import month_terms
from storage.money.helper_table import helper_calls
from storage.money.ledger import budget_left, month_spending
from storage.reports.buckets import within
from storage.reports.spending import SpendingQuery


@wired
class SqlCostReports:
    """The CostReports."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none

    async def calendar(self, guild_id: int) -> Calendar:
        terms = await self.database.read(lambda connection: month_terms(connection, guild_id, self.budget))
        return terms.calendar

    async def report(self, question: CostQuestion) -> Costs:
        async def read(connection: AsyncConnection) -> Costs:
            terms = await month_terms(connection, question.guild_id, self.budget)
            query = SpendingQuery(connection=connection, question=question, calendar=terms.calendar)
            costs = await self._with_helper(connection, query)
            if question.owners is not None:
                return costs
            now = terms.calendar.local(self.clock.now())
            left = await budget_left(connection, question.guild_id, terms.budget, now)
            return replace(costs, budget=terms.budget, budget_left=left)

        return await self.database.read(read)

    async def _with_helper(self, connection: AsyncConnection, query: SpendingQuery) -> Costs:
        question, call = query.question, helper_calls.c
        theirs = [] if question.owners is None else [call.owner_id.in_(sorted(question.owners))]
        asked = select(func.count(), total(call.cost)).where(
            call.guild_id == question.guild_id, call.cost > 0, *theirs, *within(call.at, question.days, query.calendar)
        )
        helped, spent = (await connection.execute(asked)).one()
        return replace(await query.costs(), helped=helped, on_helper=Usd(spent))

    async def charges(
        self, question: CostQuestion, after: ExportedCharge | None, most: int
    ) -> Sequence[ExportedCharge]:
        async def read(connection: AsyncConnection) -> list[ExportedCharge]:
            terms = await month_terms(connection, question.guild_id, self.budget)
            query = SpendingQuery(connection=connection, question=question, calendar=terms.calendar)
            return await query.charges(after, most)

        return await self.database.read(read)

    async def spenders(self, question: CostQuestion, most: int) -> Sequence[int]:
        async def read(connection: AsyncConnection) -> list[int]:
            return await SpendingQuery(connection=connection, question=question, calendar=Calendar()).spenders(most)

        return await self.database.read(read)

    async def month(self, guild_id: int) -> MonthSpending:
        async def read(connection: AsyncConnection) -> MonthSpending:
            terms = await month_terms(connection, guild_id, self.budget)
            return await month_spending(connection, guild_id, terms.budget, terms.calendar.local(self.clock.now()))

        return await self.database.read(read)
