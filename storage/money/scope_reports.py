"""The state of the limits within a server's month, for people who ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.money.allowances import Allowances, Drawn, FundingSource, Pool, Used
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.db.time_types import month_of
from storage.db.totals import total
from storage.guilds import month_terms
from storage.keys.funds import period_of
from storage.keys.table import own_keys
from storage.money.helper_table import helper_calls
from storage.money.ledger import spending
from storage.money.scopes import ScopeUse
from storage.tables import jobs


@wired
class SqlScopeReports:
    """The ScopeReports."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none

    async def pool_months(self, guild_id: int, pools: Iterable[Pool]) -> Mapping[int, MonthSpending]:
        caps = {pool.role_id: pool.monthly for pool in pools}
        return await self.database.read(lambda connection: self._pool_months(connection, guild_id, caps))

    async def _pool_months(
        self, connection: AsyncConnection, guild_id: int, caps: Mapping[int, Usd]
    ) -> Mapping[int, MonthSpending]:
        if not caps:
            return {}
        terms = await month_terms(connection, guild_id, self.budget)
        month = month_of(terms.calendar.local(self.clock.now()))
        both = union_all(
            *(
                select(table.c.pool, total(table.c.cost), total(table.c.reserved))
                .where(table.c.guild_id == guild_id, table.c.pool.in_(caps), table.c.period == month)
                .group_by(table.c.pool)
                for table in (jobs, helper_calls)
            )
        )
        months = {role: MonthSpending(budget=cap, spent=FREE, reserved=FREE, month=month) for role, cap in caps.items()}
        for role, spent, held in await connection.execute(both):
            before = months[role]
            months[role] = replace(before, spent=before.spent + Usd(spent), reserved=before.reserved + Usd(held))
        return months

    async def used(self, guild_id: int, owner_id: int, allowances: Allowances) -> Used:
        async def read(connection: AsyncConnection) -> Used:
            terms = await month_terms(connection, guild_id, self.budget)
            use = ScopeUse(
                connection=connection,
                guild_id=guild_id,
                owner_id=owner_id,
                allowances=allowances,
                calendar=terms.calendar,
                now=self.clock.now(),
            )
            return await use.used()

        return await self.database.read(read)

    async def drawn(self, job_id: JobId) -> Drawn:
        query = select(jobs.c.month_limit, jobs.c.day_limit, jobs.c.pool, jobs.c.grant_id).where(jobs.c.id == job_id)

        async def read(connection: AsyncConnection) -> Drawn:
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return Drawn()
            return Drawn(
                month=None if row.month_limit is None else Usd(row.month_limit),
                day=None if row.day_limit is None else Usd(row.day_limit),
                source=FundingSource(pool=row.pool, grant=row.grant_id),
            )

        return await self.database.read(read)

    async def of_own_key(self, account: str) -> MonthSpending | None:
        key = select(own_keys.c.guild_id, own_keys.c.month_limit).where(own_keys.c.account == account)

        async def read(connection: AsyncConnection) -> MonthSpending | None:
            row = (await connection.execute(key)).one_or_none()
            if row is None or row.month_limit is None:
                return None
            terms = await month_terms(connection, row.guild_id, self.budget)
            period = period_of(account, terms.calendar.local(self.clock.now()))
            return await spending(connection, row.guild_id, period, Usd(row.month_limit))

        return await self.database.read(read)
