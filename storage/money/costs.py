"""The answer to /costs, from the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.money.costs import Charge, Costs, EntryKind, ModelSpend, MonthSpending, Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled, Failed, NeedsReview, Trait, names_with
from bot.domain.ports.clock import Clock
from bot.domain.video import Mode
from storage.db.database import Database
from storage.guilds import month_terms
from storage.money.audit import total
from storage.money.ledger import budget_left, month_spending
from storage.tables import jobs, ledger

LATEST = 10  # charges listed one by one

IN_REVIEW = NeedsReview.__name__.lower()
MADE_NO_VIDEO = [*(phase.__name__.lower() for phase in (Failed, Cancelled)), IN_REVIEW]  # some are charged all the same

HOLD_MONEY = names_with(Trait.HOLDS_MONEY)

_is_settled = ledger.c.kind == EntryKind.SETTLE.value
_is_video = and_(_is_settled, jobs.c.state.not_in(MADE_NO_VIDEO))


@dataclass(frozen=True, kw_only=True)
class SqlCostReports:
    """The CostReports."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        async def read(connection: AsyncConnection) -> Costs:
            terms = await month_terms(connection, guild_id, self.budget)
            now = terms.calendar.local(self.clock.now())
            since = period.start(now)
            costs = await SpendingQuery(
                connection=connection, guild_id=guild_id, owner_id=owner_id, since=since
            ).costs()
            if owner_id is not None:
                return costs
            left = await budget_left(connection, guild_id, terms.budget, now)
            return replace(costs, budget=terms.budget, budget_left=left)

        return await self.database.read(read)

    async def month(self, guild_id: int) -> MonthSpending:
        async def read(connection: AsyncConnection) -> MonthSpending:
            terms = await month_terms(connection, guild_id, self.budget)
            return await month_spending(connection, guild_id, terms.budget, terms.calendar.local(self.clock.now()))

        return await self.database.read(read)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingQuery:
    """What a server, or one member of it, spent since a moment (None: ever). Budget figures are added by others."""

    connection: AsyncConnection
    guild_id: int
    owner_id: int | None
    since: datetime | None

    async def costs(self) -> Costs:
        models = await self._by_model()
        reserved, on_hold = await self._reserved()
        return Costs(
            spent=sum((model.spent for model in models), FREE),
            reserved=reserved,
            on_hold=on_hold,
            videos=sum(model.videos for model in models),
            by_model=models,
            latest=await self._latest(),
        )

    async def _by_model(self) -> tuple[ModelSpend, ...]:
        """The dearest first."""
        spent, videos = total(ledger.c.spent), func.count(case((_is_video, 1)))
        rows = await self.connection.execute(
            select(jobs.c.model, videos, spent)
            .join_from(ledger, jobs)
            .where(self._entries())
            .group_by(jobs.c.model)
            .having(or_(videos > 0, spent != 0))
            .order_by(spent.desc(), jobs.c.model)
        )
        return tuple(ModelSpend(model=row[0], videos=row[1], spent=Usd(row[2])) for row in rows)

    async def _latest(self) -> tuple[Charge, ...]:
        rows = await self.connection.execute(
            select(ledger.c.at, jobs)
            .join_from(ledger, jobs)
            .where(self._entries(), or_(_is_video, and_(_is_settled, jobs.c.cost != 0)))
            .order_by(ledger.c.at.desc(), ledger.c.id.desc())
            .limit(LATEST)
        )
        return tuple(
            Charge(
                job_id=JobId(row.id),
                prompt=row.prompt,
                model=row.model,
                mode=Mode.CREATE if row.source is None else Mode.REMIX,
                owner_id=row.owner_id,
                spent=Usd(row.cost),
                at=row.at,
                made_video=row.state not in MADE_NO_VIDEO,
                needs_manager=row.state == IN_REVIEW,
                ordered_at=row.created_at,
                private=row.private,
            )
            for row in rows
        )

    async def _reserved(self) -> tuple[Usd, Usd]:
        """What is promised, and how much of it to jobs that wait for a manager, whenever they were ordered."""
        mine = true() if self.owner_id is None else jobs.c.owner_id == self.owner_id
        held = jobs.c.state.in_(HOLD_MONEY)
        sums = select(total(jobs.c.reserved), total(case((held, jobs.c.reserved), else_=0))).where(
            jobs.c.guild_id == self.guild_id, jobs.c.reserved.is_not(None), mine
        )
        promised, on_hold = (await self.connection.execute(sums)).one()
        return Usd(promised), Usd(on_hold)

    def _entries(self) -> ColumnElement[bool]:
        return and_(
            ledger.c.guild_id == self.guild_id,
            true() if self.owner_id is None else ledger.c.owner_id == self.owner_id,
            true() if self.since is None else ledger.c.at >= self.since,
        )
