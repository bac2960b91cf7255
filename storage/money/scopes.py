"""What members, pools and grants have used: sums over jobs and calls of the prompt helper, which record what they count
towards.

There are no counters to keep in sync: a job's row has its day, month, pool and grant, and what is reserved for it and
what it cost, which the ledger explains. An order locks the row of the server's month while this is read, so no other
order of the server comes between the sum and the reservation. Grants outlive months, so a member's have their own lock,
taken after that row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.job import Job, total_of
from bot.domain.money.allowances import Allowances, FundingSource, Used, open_grants
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import FREE, Usd
from storage.db.time_types import month_of
from storage.db.totals import total
from storage.locks import NamedLock, hold_named
from storage.member_tables import carried_use
from storage.money.helper_table import helper_calls
from storage.tables import jobs

KEY = TypeVar("KEY", int, str)


_used: ColumnElement[int] = func.coalesce(jobs.c.reserved, 0) + func.coalesce(jobs.c.cost, 0)
_asked: ColumnElement[int] = func.coalesce(helper_calls.c.reserved, 0) + func.coalesce(helper_calls.c.cost, 0)


@wired
class ScopeUse:
    """How much of a member's allowances is used, at a certain time."""

    connection: AsyncConnection
    guild_id: int
    owner_id: int
    allowances: Allowances
    calendar: Calendar
    now: datetime

    def columns(self) -> dict[str, str | int | None]:
        """Where the money of a new job counts, as far as its row can say before anything is read."""
        month, day = self.allowances.month, self.allowances.day
        return {
            "period": self._month,
            "day": self.calendar.day_of(self.now),
            "month_limit": None if month is None else month.micros,
            "day_limit": None if day is None else day.micros,
        }

    async def reserve(self, ordered: Sequence[Job]) -> None:
        """Record what stored jobs count towards, the same for all. Raises OverBudget; the caller's transaction ends."""
        await self._lock_grants()
        price = total_of(ordered)
        source = await self._source(price, counted=price, videos=len(ordered))
        if source != FundingSource():
            drawn = {"pool": source.pool, "grant_id": source.grant}
            theirs = jobs.c.id.in_([job.id for job in ordered])
            await self.connection.execute(update(jobs).where(theirs).values(drawn))

    async def reserve_call(self, bound: Usd) -> FundingSource:
        """What a call of the prompt helper counts towards that is not stored yet. Raises OverBudget."""
        await self._lock_grants()
        return await self._source(bound, counted=FREE, videos=1)

    async def _lock_grants(self) -> None:
        if self.allowances.has_limits and self.allowances.grants:
            await hold_named(self.connection, NamedLock.GRANTS, f"{self.guild_id} {self.owner_id}")

    async def check(self, price: Usd, videos: int = 1) -> None:
        """Raise OverBudget if `reserve` would for this price of so many videos."""
        await self._source(price, counted=FREE, videos=videos)

    async def _source(self, price: Usd, *, counted: Usd, videos: int) -> FundingSource:
        """`counted`: what the order itself already contributes to the owner's totals."""
        if price == FREE or not self.allowances.has_limits:
            return FundingSource()
        used = await self.used()
        without = Used(month=used.month - counted, day=used.day - counted, pools=used.pools, grants=used.grants)
        return self.allowances.source(price, without, self.calendar, self.now, videos)

    async def used(self) -> Used:
        """One statement per kind of allowance that exists."""
        month = day = FREE
        if self.allowances.month is not None or self.allowances.day is not None:
            month, day = await self._by_member()
        grants = [grant.id for grant in open_grants(self.allowances.grants, self.now)]
        return Used(month=month, day=day, pools=await self._by_pool(), grants=await self._by_grant(grants))

    async def _by_member(self) -> tuple[Usd, Usd]:
        """Of this month, and of today."""
        today = case((jobs.c.day == self.calendar.day_of(self.now), _used), else_=0)
        month_before, today_before = self._carried()
        month_asked, today_asked = self._by_helper()
        month, day = total(_used) + month_before + month_asked, total(today) + today_before + today_asked
        sums = select(month, day).where(
            jobs.c.guild_id == self.guild_id,
            jobs.c.owner_id == self.owner_id,
            jobs.c.period == self._month,
            jobs.c.grant_id.is_(None),
        )
        of_month, of_day = (await self.connection.execute(sums)).one()
        return Usd(of_month), Usd(of_day)

    def _carried(self) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
        """What erased orders of this month and of today had used."""
        of_month = select(total(carried_use.c.used)).where(
            carried_use.c.guild_id == self.guild_id,
            carried_use.c.owner_id == self.owner_id,
            carried_use.c.period == self._month,
        )
        today = of_month.where(carried_use.c.day == self.calendar.day_of(self.now))
        return of_month.scalar_subquery(), today.scalar_subquery()

    def _by_helper(self) -> tuple[ScalarSelect[int], ScalarSelect[int]]:
        """What the prompt helper was asked this month and today."""
        of_month = select(total(_asked)).where(
            helper_calls.c.guild_id == self.guild_id,
            helper_calls.c.owner_id == self.owner_id,
            helper_calls.c.period == self._month,
            helper_calls.c.grant_id.is_(None),
        )
        today = of_month.where(helper_calls.c.day == self.calendar.day_of(self.now))
        return of_month.scalar_subquery(), today.scalar_subquery()

    async def _by_pool(self) -> dict[int, Usd]:
        return await self._by("pool", [pool.role_id for pool in self.allowances.pools], month=self._month)

    async def _by_grant(self, ids: Iterable[str]) -> dict[str, Usd]:
        return await self._by("grant_id", ids)

    async def _by(self, name: str, keys: Iterable[KEY], *, month: str | None = None) -> dict[KEY, Usd]:
        """What is reserved and spent, by this column; in one month, or in all."""
        wanted = sorted(keys)
        if not wanted:
            return {}
        both = union_all(
            *(
                select(table.c[name], total(used))
                .where(table.c.guild_id == self.guild_id, table.c[name].in_(wanted))
                .where(*([] if month is None else [table.c.period == month]))
                .group_by(table.c[name])
                for table, used in ((jobs, _used), (helper_calls, _asked))
            )
        )
        sums = dict[KEY, Usd]()
        for key, micros in await self.connection.execute(both):
            sums[key] = sums.get(key, FREE) + Usd(micros)
        return sums

    @property
    def _month(self) -> str:
        return month_of(self.calendar.local(self.now))
