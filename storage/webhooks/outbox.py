"""The outbox: an event is stored for each webhook that wants it, in the same transaction in which it happens.

So no event is reported that did not happen, and none is lost that did. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.webhooks import events
from bot.domain.webhooks.deliveries import DeliveryState
from bot.domain.webhooks.events import Event
from bot.domain.webhooks.webhook import EventKind
from storage.db import upserts
from storage.db.time_types import present_or
from storage.messages import shown_of
from storage.money import ledger
from storage.webhooks.tables import is_called, webhook_deliveries, webhooks


async def follow(connection: AsyncConnection, before: str, job: Job, at: datetime) -> None:
    """Store that a job ended, given the name of its previous phase."""
    kind = events.kind_of_end(before, job.phase)
    wanted = [] if kind is None else await who_wants(connection, job.guild_id, kind)
    if kind is not None and wanted:
        posted = (await shown_of(connection, job.id)).result if kind is EventKind.COMPLETED else None
        await _store(connection, wanted, events.end_of(kind, job, at, posted), at)


async def promised(connection: AsyncConnection, guild_id: int, price: Usd, budget: Usd, at: datetime) -> None:
    """Store that a month's budget has reached a level, after so much of it was reserved. `at`: in its time zone."""
    wanted = await who_wants(connection, guild_id, EventKind.BUDGET)
    await tell_of_budget(connection, wanted, guild_id, price, budget, at=at)


async def tell_of_budget(
    connection: AsyncConnection, wanted: Sequence[str], guild_id: int, price: Usd, budget: Usd, *, at: datetime
) -> None:
    """Likewise, where it is known which webhooks want it."""
    if not wanted:
        return
    spending = await ledger.month_spending(connection, guild_id, budget, at)
    level = events.level_reached(spending.used - price, spending)
    if level is not None:
        await _store(connection, wanted, events.budget_reached(guild_id, level, spending, at), at)


async def who_wants(connection: AsyncConnection, guild_id: int, kind: EventKind) -> Sequence[str]:
    """The ids of webhooks. Most servers have none."""
    query = select(webhooks.c.id.label("webhook_id"), webhooks.c.events).where(
        webhooks.c.guild_id == guild_id, is_called
    )
    rows = await connection.execute(query)
    return [row.webhook_id for row in rows if kind.value in row.events.split()]


async def _store(connection: AsyncConnection, webhook_ids: Sequence[str], event: Event, at: datetime) -> None:
    now = await present_or(connection, at)
    rows = [_row_of(event, webhook_id, now) for webhook_id in webhook_ids]
    await connection.execute(upserts.insert(connection, webhook_deliveries).on_conflict_do_nothing(), rows)


def _row_of(event: Event, webhook_id: str, at: datetime) -> dict[str, object]:
    return {
        "id": event.id_for(webhook_id),
        "webhook_id": webhook_id,
        "guild_id": event.guild_id,
        "member_id": event.member_id,
        "job_id": event.job_id,
        "kind": event.kind.value,
        "body": event.body,
        "created_at": at,
        "state": DeliveryState.WAITING.value,
        "next_at": at,
        "tries": 0,
    }
