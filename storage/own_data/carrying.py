"""What erased orders and calls had used of their member's limits, which still counts until the month is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db import upserts
from storage.db.time_types import month_of
from storage.guilds import calendar_of
from storage.member_tables import carried_use


async def carry_use(
    connection: AsyncConnection, guild_id: int, owner_id: int, *, period: str, day: str, used: int, now: datetime
) -> None:
    """Micro-dollars of a day, in the current month."""
    if period < month_of((await calendar_of(connection, guild_id)).local(now)):
        return
    place = {"guild_id": guild_id, "owner_id": owner_id, "period": period, "day": day}
    new = upserts.insert(connection, carried_use).values(**place, used=used)
    more = {"used": carried_use.c.used + new.excluded.used}
    await connection.execute(new.on_conflict_do_update(index_elements=list(place), set_=more))
