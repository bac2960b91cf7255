"""Webhooks as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.webhooks.deliveries import Delivery, DeliveryOutcome, DeliveryState
from bot.domain.webhooks.webhook import EventKind, Webhook, WhyOff
from storage.db.database import Database
from storage.db.time_types import present
from storage.locks import NamedLock, hold_named
from storage.webhooks.tables import webhook_deliveries, webhooks


@wired
class SqlWebhooks:
    """The WebhookStore."""

    database: Database
    clock: Clock

    async def of(self, guild_id: int) -> Sequence[Webhook]:
        query = select(webhooks).where(webhooks.c.guild_id == guild_id).order_by(webhooks.c.added_at, webhooks.c.id)
        now = self.clock.now()

        async def read(connection: AsyncConnection) -> list[Webhook]:
            return [_webhook_of(row, now) for row in await connection.execute(query)]

        return await self.database.read(read)

    async def get(self, guild_id: int, webhook_id: str) -> Webhook | None:
        return next((each for each in await self.of(guild_id) if each.id == webhook_id), None)

    async def add(self, webhook: Webhook, sealed: str, most: int) -> bool:
        same = and_(webhooks.c.guild_id == webhook.guild_id, webhooks.c.url == webhook.url)
        counts = select(func.count(), func.count(case((same, 1)))).where(webhooks.c.guild_id == webhook.guild_id)

        async def write(connection: AsyncConnection) -> bool:
            await hold_named(connection, NamedLock.WEBHOOKS, str(webhook.guild_id))
            there, alike = (await connection.execute(counts)).one()
            if there >= most or alike:
                return False
            await connection.execute(insert(webhooks).values({**_row_of(webhook), "sealed": sealed}))
            return True

        return await self.database.write(write)

    async def rotate(self, webhook_id: str, sealed: str, until: datetime) -> bool:
        values = {"sealed_before": webhooks.c.sealed, "sealed": sealed, "before_until": until}
        change = update(webhooks).where(webhooks.c.id == webhook_id).values(values)

        async def write(connection: AsyncConnection) -> bool:
            return (await connection.execute(change)).rowcount == 1

        return await self.database.write(write)

    async def enable(self, webhook_id: str) -> bool:
        its = and_(webhooks.c.id == webhook_id, webhooks.c.disabled_at.is_not(None))
        waiting = and_(webhook_deliveries.c.webhook_id == webhook_id, webhook_deliveries.c.next_at.is_not(None))

        async def write(connection: AsyncConnection) -> bool:
            on = update(webhooks).where(its).values(disabled_at=None, why_off=None)
            if (await connection.execute(on)).rowcount != 1:
                return False
            now = await present(connection, self.clock)
            await connection.execute(update(webhook_deliveries).where(waiting).values(next_at=now))
            return True

        return await self.database.write(write)

    async def remove(self, webhook_id: str) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            gone = await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
            await connection.execute(delete(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook_id))
            return gone.rowcount == 1

        return await self.database.write(write)

    async def recent(self, webhook_id: str, most: int) -> Sequence[Delivery]:
        its = webhook_deliveries.c.webhook_id == webhook_id
        latest = webhook_deliveries.c.created_at.desc(), webhook_deliveries.c.id
        query = select(webhook_deliveries).where(its).order_by(*latest).limit(most)

        async def read(connection: AsyncConnection) -> list[Delivery]:
            return [_delivery_of(row) for row in await connection.execute(query)]

        return await self.database.read(read)

    async def all_sealed(self) -> Mapping[str, Sequence[str]]:
        query = select(webhooks.c.id, webhooks.c.sealed, webhooks.c.sealed_before)

        async def read(connection: AsyncConnection) -> dict[str, list[str]]:
            rows = await connection.execute(query)
            return {row.id: [each for each in (row.sealed, row.sealed_before) if each is not None] for row in rows}

        return await self.database.read(read)

    async def reseal(self, webhook_id: str, before: str, after: str) -> None:
        async def write(connection: AsyncConnection) -> None:
            for column in (webhooks.c.sealed, webhooks.c.sealed_before):
                same = and_(webhooks.c.id == webhook_id, column == before)
                await connection.execute(update(webhooks).where(same).values({column: after}))

        await self.database.write(write)


def _webhook_of(row: Row[*tuple[Any, ...]], now: datetime) -> Webhook:
    is_over = row.before_until is None or row.before_until <= now
    return Webhook(
        id=row.id,
        guild_id=row.guild_id,
        url=row.url,
        events=tuple(each for each in EventKind if each.value in row.events.split()),
        added_at=row.added_at,
        disabled_at=row.disabled_at,
        why_off=None if row.why_off is None else WhyOff(row.why_off),
        delivered_at=row.delivered_at,
        two_secrets_until=None if is_over else row.before_until,
    )


def _row_of(webhook: Webhook) -> dict[str, object]:
    return {
        "id": webhook.id,
        "guild_id": webhook.guild_id,
        "url": webhook.url,
        "events": " ".join(webhook.events),
        "added_at": webhook.added_at,
    }


def _delivery_of(row: Row[*tuple[Any, ...]]) -> Delivery:
    return Delivery(
        id=row.id,
        kind=EventKind(row.kind),
        created_at=row.created_at,
        state=DeliveryState(row.state),
        tries=row.tries,
        outcome=None if row.outcome is None else DeliveryOutcome(row.outcome),
        status=row.status,
        next_at=row.next_at,
    )
