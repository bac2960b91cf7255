"""The calls of the prompt helper as rows, with their money in the same ledger and counters as that of videos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.errors import OverBudget
from bot.domain.messages import Message, Money, msg
from bot.domain.money.allowances import Allowances, FundingSource
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import EntryKind
from bot.domain.money.usd import FREE, Usd
from bot.domain.ports.clock import Clock
from bot.domain.prompting.calls import HelperCall
from storage.db.database import Database
from storage.db.time_types import month_of
from storage.guilds import month_terms
from storage.money import ledger
from storage.money.helper_table import helper_calls, is_open_call
from storage.money.ledger import Entry, Subject
from storage.money.scopes import ScopeUse
from storage.queue.holds import check_takes_orders
from storage.webhooks import outbox


@wired
class SqlHelperCalls:
    """The HelperCalls."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none

    async def open(self, call: HelperCall, allowances: Allowances) -> None:
        async def write(connection: AsyncConnection) -> None:
            await check_takes_orders(connection, call.guild_id)
            now, terms = self.clock.now(), await month_terms(connection, call.guild_id, self.budget)
            at = terms.calendar.local(now)
            period = month_of(at)
            if not await ledger.take(connection, call.guild_id, period, call.bound, terms.budget):
                raise OverBudget(_servers_short(call.bound))
            # Who orders on the same server at the same time has had to wait for the row of its budget.
            source = await _source(connection, call, allowances, terms.calendar, now)
            row = _row(call, source, period=period, day=terms.calendar.day_of(now), at=now)
            await connection.execute(insert(helper_calls).values(row))
            await ledger.write(
                connection, _subject(call), period, Entry(kind=EntryKind.RESERVE, reserved=call.bound), now
            )
            await outbox.promised(connection, call.guild_id, call.bound, terms.budget, at)

        await self.database.write(write)

    async def settle(self, call_id: str, cost: Usd | None) -> Usd:
        async def write(connection: AsyncConnection) -> Usd:
            row = await _row_of(connection, call_id)
            if cost is None and row.reserved is None:  # it has ended: whoever ended it knew at least as much
                return Usd(row.cost or 0)
            charged = Usd(row.bound) if cost is None else cost
            await self._charge(connection, row, charged, ends_with=EntryKind.SETTLE)
            return charged

        return await self.database.write(write)

    async def release(self, call_id: str) -> None:
        async def write(connection: AsyncConnection) -> None:
            await self._charge(connection, await _row_of(connection, call_id), FREE, ends_with=EntryKind.RELEASE)

        await self.database.write(write)

    async def settle_left(self, opened_before: datetime) -> Sequence[str]:
        left = select(helper_calls.c.id).where(is_open_call, helper_calls.c.at < opened_before)

        async def read(connection: AsyncConnection) -> Sequence[str]:
            return (await connection.execute(left.order_by(helper_calls.c.at))).scalars().all()

        found = await self.database.read(read)
        for call_id in found:  # each by itself: others want to write, too
            await self.settle(call_id, None)
        return found

    async def _charge(
        self, connection: AsyncConnection, row: Row[*tuple[Any, ...]], cost: Usd, *, ends_with: EntryKind
    ) -> None:
        """End an open one; correct the charge of one that had ended."""
        if row.reserved is not None:
            entry = Entry(kind=ends_with, reserved=-Usd(row.reserved), spent=cost)
        else:
            entry = Entry(kind=EntryKind.ADJUST, spent=cost - Usd(row.cost or 0))
            if entry.spent == FREE:
                return
        subject = Subject(guild_id=row.guild_id, owner_id=row.owner_id, call_id=row.id)
        await ledger.post(connection, subject, row.period, entry, self.clock.now())
        kept = None if ends_with is EntryKind.RELEASE and row.reserved is not None else cost.micros
        ended = {"reserved": None, "cost": kept}
        await connection.execute(update(helper_calls).where(helper_calls.c.id == row.id).values(ended))


async def _source(
    connection: AsyncConnection, call: HelperCall, allowances: Allowances, calendar: Calendar, now: datetime
) -> FundingSource:
    """What pays besides the server's month.

    Raises OverBudget, worded for a call: the limits' own words are about videos.
    """
    use = ScopeUse(
        connection=connection,
        guild_id=call.guild_id,
        owner_id=call.owner_id,
        allowances=allowances,
        calendar=calendar,
        now=now,
    )
    try:
        return await use.reserve_call(call.bound)
    except OverBudget:
        raise OverBudget(
            msg(
                "The prompt helper may cost up to {price}, which is more than you have left here. You weren't charged. "
                "A server manager can give you more with `/settings grant`.",
                price=Money(call.bound),
            )
        ) from None


def _servers_short(price: Usd) -> Message:
    return msg(
        "The prompt helper may cost up to {price}, which is more than this server's budget has left this month. You "
        "weren't charged. A server manager can raise the budget with `/settings budget`.",
        price=Money(price),
    )


def _row(call: HelperCall, source: FundingSource, **when: Any) -> dict[str, Any]:
    return {
        "id": call.id,
        "guild_id": call.guild_id,
        "owner_id": call.owner_id,
        "task": call.task.value,
        "bound": call.bound.micros,
        "reserved": call.bound.micros,
        "pool": source.pool,
        "grant_id": source.grant,
        **when,
    }


def _subject(call: HelperCall) -> Subject:
    return Subject(guild_id=call.guild_id, owner_id=call.owner_id, call_id=call.id)


async def _row_of(connection: AsyncConnection, call_id: str) -> Row[*tuple[Any, ...]]:
    """Held until the transaction ends."""
    return (await connection.execute(select(helper_calls).where(helper_calls.c.id == call_id).with_for_update())).one()
