"""Deliveries to webhooks: claimed for a while, attempted, and recorded.

A claim postpones when the delivery is due and counts the attempt. If the claimer dies, the delivery becomes due again
by itself; if it is too slow, its record is refused because of the count. So each is sent at least once, with one id, in
no particular order.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, delete, func, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.webhooks.deliveries import HELD, TRIED_FOR, ClaimedDelivery, DeliveryOutcome, DeliveryState, SendResult
from bot.domain.webhooks.store import Settled
from bot.domain.webhooks.webhook import EventKind, WhyOff
from storage.db.database import Database
from storage.db.time_types import present
from storage.webhooks.tables import is_called, is_its_webhook, is_waiting, webhook_deliveries, webhooks

KEPT = timedelta(days=7)  # deliveries that are over, for managers to see
KEPT_BUDGETS = timedelta(days=40)  # no level of a month is told twice
MINUTE = timedelta(minutes=1)
TEST_ID_BYTES = 16
_claimed = (
    *(webhook_deliveries.c[name] for name in ("id", "webhook_id", "guild_id", "kind", "body", "created_at", "tries")),
    *(webhooks.c.url, webhooks.c.sealed, webhooks.c.sealed_before, webhooks.c.before_until),
)


@wired
class SqlDeliveries:
    """The DeliveryStore."""

    database: Database
    clock: Clock

    async def claim(self, most: int, without: Collection[str]) -> Sequence[ClaimedDelivery]:
        async def is_any(connection: AsyncConnection) -> bool:
            due = _due(await present(connection, self.clock), without)
            return (await connection.execute(due.limit(1))).first() is not None

        async def write(connection: AsyncConnection) -> list[ClaimedDelivery]:
            now = await present(connection, self.clock)
            due = _due(now, without).order_by(webhook_deliveries.c.next_at).limit(most)
            ids = (await connection.execute(due)).scalars().all()
            still = and_(webhook_deliveries.c.id.in_(ids), webhook_deliveries.c.next_at <= now)
            held = {"next_at": now + HELD, "tries": webhook_deliveries.c.tries + 1}
            taken = update(webhook_deliveries).where(still).values(held).returning(webhook_deliveries.c.id)
            mine = (await connection.execute(taken)).scalars().all()
            rows = select(*_claimed).join(webhooks, is_its_webhook).where(webhook_deliveries.c.id.in_(mine))
            return [_claimed_of(row, now) for row in await connection.execute(rows)]

        # A check costs nothing; a transaction that writes nothing would still keep others from writing.
        return await self.database.write(write) if await self.database.read(is_any) else []

    async def claim_test(self, webhook_id: str, body: str) -> ClaimedDelivery | None:
        delivery_id = f"msg_{secrets.token_hex(TEST_ID_BYTES)}"

        async def write(connection: AsyncConnection) -> ClaimedDelivery | None:
            now = await present(connection, self.clock)
            its = select(webhooks.c.guild_id).where(webhooks.c.id == webhook_id)
            guild_id = (await connection.execute(its)).scalar_one_or_none()
            if guild_id is None:
                return None
            test = {
                "id": delivery_id,
                "webhook_id": webhook_id,
                "guild_id": guild_id,
                "kind": EventKind.TEST.value,
                "body": body,
                "created_at": now,
                "state": DeliveryState.WAITING.value,
                "tries": 1,
            }
            await connection.execute(insert(webhook_deliveries).values(test))
            rows = select(*_claimed).join(webhooks, is_its_webhook).where(webhook_deliveries.c.id == delivery_id)
            return _claimed_of((await connection.execute(rows)).one(), now)

        return await self.database.write(write)

    async def settle(self, claimed: ClaimedDelivery, result: SendResult, wait: float | None) -> Settled:
        is_taken = result.outcome is DeliveryOutcome.DELIVERED
        still = and_(webhook_deliveries.c.id == claimed.id, is_waiting, webhook_deliveries.c.tries == claimed.tries)

        async def write(connection: AsyncConnection) -> Settled:
            now = await present(connection, self.clock)
            last = claimed.created_at + TRIED_FOR
            is_over = is_taken or wait is None or now >= last
            next_at = None if is_over or wait is None else min(now + timedelta(seconds=wait), last)
            state = DeliveryState.DELIVERED if is_taken else DeliveryState.GIVEN_UP if is_over else None
            noted = {
                "state": (state or DeliveryState.WAITING).value,
                "next_at": next_at,
                "outcome": result.outcome.value,
                "status": result.status,
            }
            written = await connection.execute(update(webhook_deliveries).where(still).values(noted))
            if written.rowcount != 1:
                return Settled()  # another process has it, or it is gone
            if is_taken:
                await _note_delivered(connection, claimed.webhook_id, now)
                return Settled()
            is_test = claimed.kind is EventKind.TEST
            why = None if is_test else await _disabled(connection, claimed, result, now, is_over=is_over)
            return Settled(given_up=is_over, disabled=why)

        return await self.database.write(write)

    async def next_due(self) -> float | None:
        soonest = select(func.min(webhook_deliveries.c.next_at)).join(webhooks, is_its_webhook).where(is_called)

        async def read(connection: AsyncConnection) -> float | None:
            due: datetime | None = (await connection.execute(soonest)).scalar_one_or_none()
            return None if due is None else max(0.0, (due - await present(connection, self.clock)).total_seconds())

        return await self.database.read(read)

    async def prune(self) -> int:
        kind, created = webhook_deliveries.c.kind, webhook_deliveries.c.created_at

        async def write(connection: AsyncConnection) -> int:
            now = await present(connection, self.clock)
            too_old = and_(is_waiting, created < now - TRIED_FOR - HELD)  # of a webhook that is off
            given_up = {"state": DeliveryState.GIVEN_UP.value, "next_at": None}
            await connection.execute(update(webhook_deliveries).where(too_old).values(given_up))
            unneeded = or_(created < now - KEPT_BUDGETS, and_(created < now - KEPT, kind != EventKind.BUDGET.value))
            return (await connection.execute(delete(webhook_deliveries).where(unneeded))).rowcount

        return await self.database.write(write)


def _due(now: datetime, without: Collection[str]) -> Select[*tuple[Any, ...]]:
    query = select(webhook_deliveries.c.id).join(webhooks, is_its_webhook)
    return query.where(webhook_deliveries.c.next_at <= now, is_called, webhook_deliveries.c.webhook_id.not_in(without))


async def _note_delivered(connection: AsyncConnection, webhook_id: str, now: datetime) -> None:
    """To the minute: writers of one row would wait for each other."""
    is_news = or_(webhooks.c.delivered_at.is_(None), webhooks.c.delivered_at < now - MINUTE)
    await connection.execute(update(webhooks).where(webhooks.c.id == webhook_id, is_news).values(delivered_at=now))


async def _disabled(
    connection: AsyncConnection, claimed: ClaimedDelivery, result: SendResult, now: datetime, *, is_over: bool
) -> WhyOff | None:
    """Disable a webhook that says it is gone, or that has accepted nothing since a delivery was created that is now
    given up.
    """
    if result.is_gone:
        why, since = WhyOff.GONE, None
    elif is_over:
        why, since = WhyOff.SILENT, claimed.created_at - MINUTE
    else:
        return None
    took_nothing = true() if since is None else func.coalesce(webhooks.c.delivered_at < since, true())
    still = and_(webhooks.c.id == claimed.webhook_id, is_called, took_nothing)
    off = {"disabled_at": now, "why_off": why.value}
    changed = await connection.execute(update(webhooks).where(still).values(off))
    return why if changed.rowcount == 1 else None


def _claimed_of(row: Row[*tuple[Any, ...]], now: datetime) -> ClaimedDelivery:
    both = row.sealed_before is not None and row.before_until is not None and row.before_until > now
    return ClaimedDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        guild_id=row.guild_id,
        url=row.url,
        kind=EventKind(row.kind),
        body=row.body,
        created_at=row.created_at,
        tries=row.tries,
        sealed=(row.sealed, row.sealed_before) if both else (row.sealed,),
    )
