"""The money of orders that an own key pays for.

Each key has its own counter in its server's month, next to that of the server's budget: a row of `budget` whose period
also names the account. What is reserved, settled and released is counted only there, so neither the server's budget nor
any limit within it moves. Rows are locked in one order: the key's, then counters by their periods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.accounts import is_own, owner_of, service_of
from bot.domain.errors import BadRequest
from bot.domain.job import Job, total_of
from bot.domain.keys.own_key import no_room
from bot.domain.messages import msg
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import Usd
from storage.db import upserts
from storage.db.time_types import month_of
from storage.guilds import calendar_of
from storage.jobs.mapping import JobRow
from storage.keys.table import own_keys
from storage.money import ledger
from storage.tables import budget
from storage.tables import ledger as entries

UNLIMITED = Usd(2**62)
ERASED = 0  # in the place of a member in the name of an account
KEY_GONE = msg("The key for this order takes no new orders. You weren't charged. Order it again.")


def period_of(account: str, at: datetime) -> str:
    """The period in which an order counts, given the time in its server's time zone."""
    return f"{month_of(at)} {account}" if is_own(account) else month_of(at)


def columns(account: str, calendar: Calendar, now: datetime) -> dict[str, str | int | None]:
    """Where the money of a new order with an own key counts: on no day, and within no limits of its member."""
    return {"period": period_of(account, calendar.local(now)), "day": None, "month_limit": None, "day_limit": None}


async def reserve(
    connection: AsyncConnection, ordered: Sequence[Job], at: datetime, asking: ColumnElement[int] = ledger.NOTHING
) -> int:
    """Reserve the quotes of stored jobs of one key in its month. Raises BadRequest if the key is gone, OverBudget.

    `asking`: as in `storage.money.ledger.promise`.
    """
    account = ordered[0].account
    key = select(own_keys).where(own_keys.c.account == account, own_keys.c.leaving.is_(False))
    row = (await connection.execute(key.with_for_update())).one_or_none()  # who erases it waits, or has been faster
    if row is None:
        raise BadRequest(KEY_GONE)
    cap = UNLIMITED if row.month_limit is None else Usd(row.month_limit)
    answer = await ledger.promise(connection, ordered, period_of(account, at), cap, at=at, asking=asking)
    if answer is None:
        spending = await ledger.spending(connection, ordered[0].guild_id, period_of(account, at), cap)
        raise no_room(account, total_of(ordered), spending, at, len(ordered))
    return answer


async def take_counters(connection: AsyncConnection, guild_id: int, *accounts: str, now: datetime) -> None:
    """Lock the rows that an exchange of orders changes, in the one order, before the first of them is changed."""
    if connection.dialect.name != "postgresql" or not any(map(is_own, accounts)):
        return  # on SQLite, whoever writes is alone anyway
    keys = select(own_keys.c.account).where(own_keys.c.account.in_(accounts)).order_by(own_keys.c.account)
    await connection.execute(keys.with_for_update())
    at = (await calendar_of(connection, guild_id)).local(now)
    periods = {period_of(account, at) for account in accounts}
    counters = select(budget.c.period).where(budget.c.guild_id == guild_id, budget.c.period.in_(periods))
    await connection.execute(counters.order_by(budget.c.period).with_for_update())


async def take_person_out(connection: AsyncConnection, row: JobRow) -> dict[str, Any]:
    """The columns of an erased order whose account names its member; what the key paid moves to nobody's counter."""
    owner = owner_of(row.provider)
    if owner is None or owner.member_id is None:
        return {}
    account = replace(owner, member_id=ERASED).account(service_of(row.provider))
    period = row.period.replace(row.provider, account)
    fresh = {"guild_id": row.guild_id, "period": period, "reserved": 0, "spent": 0}
    await connection.execute(upserts.insert(connection, budget).values(fresh).on_conflict_do_nothing())
    for moved, by in ((row.period, -(row.cost or 0)), (period, row.cost or 0)):
        counter = and_(budget.c.guild_id == row.guild_id, budget.c.period == moved)
        await connection.execute(update(budget).where(counter).values(spent=budget.c.spent + by))
    named = and_(budget.c.guild_id == row.guild_id, budget.c.period == row.period)
    await connection.execute(delete(budget).where(named, budget.c.spent == 0, budget.c.reserved == 0))
    nameless = {"account": account, "period": period}
    await connection.execute(update(entries).where(entries.c.job_id == row.id).values(nameless))
    return {"provider": account, "period": period}
