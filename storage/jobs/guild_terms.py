"""What of a server's settings an order is taken by, read at once in the transaction that takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.money.usd import Usd
from bot.domain.queue.state import QueueHold
from bot.domain.webhooks.webhook import EventKind
from storage.guild_tables import guilds, queue_holds
from storage.guilds import MonthTerms, month_terms_in
from storage.queue.holds import hold_in
from storage.webhooks import outbox
from storage.webhooks.tables import is_called, webhooks

_asked = select(bindparam("guild", type_=BigInteger).label("guild_id")).subquery("asked")
TERMS = (
    select(
        guilds.c.monthly_budget,
        guilds.c.time_zone,
        *(queue_holds.c[name] for name in ("kind", "reason", "held_by", "since")),
        webhooks.c.id.label("webhook_id"),
        webhooks.c.events,
    )
    .select_from(_asked)
    .outerjoin(guilds, guilds.c.guild_id == _asked.c.guild_id)
    .outerjoin(queue_holds, queue_holds.c.guild_id == _asked.c.guild_id)
    .outerjoin(webhooks, and_(webhooks.c.guild_id == _asked.c.guild_id, is_called))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildTerms:
    month: MonthTerms
    hold: QueueHold | None
    told_of_budget: Sequence[str]  # ids of webhooks


async def guild_terms(connection: AsyncConnection, guild_id: int, default: Usd) -> GuildTerms:
    """`default`: the budget of a server that set none."""
    rows = (await connection.execute(TERMS, {"guild": guild_id})).all()
    return GuildTerms(
        month=month_terms_in(rows[0], default),
        hold=hold_in(rows[0]),
        told_of_budget=outbox.wanting(EventKind.BUDGET, rows),
    )
