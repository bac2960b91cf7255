"""A member's requests to the prompt helper: no text, but their cost. After an erasure that stays without them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access.own_data import ERASED_MEMBER, OwnFact
from storage.db.totals import total
from storage.money.helper_table import helper_calls
from storage.own_data.carrying import carry_use
from storage.tables import ledger

KIND = "prompt helper"


def _theirs(member_id: int) -> Select[str]:
    return select(helper_calls.c.id).where(helper_calls.c.owner_id == member_id)


async def count_lines(connection: AsyncConnection, member_id: int) -> int:
    """Of the books."""
    lines = select(func.count()).select_from(ledger).where(ledger.c.call_id.in_(_theirs(member_id)))
    return (await connection.execute(lines)).scalar_one()


async def calls_as_facts(connection: AsyncConnection, member_id: int) -> list[OwnFact]:
    """All of them in one, in JSON's own types; amounts in micro-dollars."""
    call = helper_calls.c
    theirs = select(call.guild_id, call.at, call.task, call.cost).where(call.owner_id == member_id).order_by(call.at)
    rows = (await connection.execute(theirs)).all()
    value = [{"guild_id": row.guild_id, "at": str(row.at), "task": row.task, "cost": row.cost} for row in rows]
    return [OwnFact(kind=KIND, value=value)] if value else []


async def take_person_out_of_calls(connection: AsyncConnection, member_id: int, now: datetime) -> int:
    """Returns how many ledger lines these had."""
    await _carry_use(connection, member_id, now)
    nobodys = {"owner_id": ERASED_MEMBER}
    lines = update(ledger).where(ledger.c.call_id.in_(_theirs(member_id))).values(nobodys)
    changed = (await connection.execute(lines)).rowcount
    await connection.execute(update(helper_calls).where(helper_calls.c.owner_id == member_id).values(nobodys))
    return changed


async def _carry_use(connection: AsyncConnection, member_id: int, now: datetime) -> None:
    """What counts against limits of members in the month that goes on; a grant counts by itself."""
    call = helper_calls.c
    used = total(func.coalesce(call.reserved, 0) + func.coalesce(call.cost, 0))
    by_day = select(call.guild_id, call.period, call.day, used).where(
        call.owner_id == member_id, call.grant_id.is_(None)
    )
    rows = (await connection.execute(by_day.group_by(call.guild_id, call.period, call.day))).all()
    for guild_id, period, day, micros in rows:
        if micros:
            await carry_use(connection, guild_id, member_id, period=period, day=day, used=micros, now=now)
