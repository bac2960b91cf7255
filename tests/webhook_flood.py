"""Many deliveries to a receiver that fails often, by senders that die: which arrive, and how often."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from sqlalchemy import insert, update

from bot.clock import SystemClock
from bot.domain.webhooks.deliveries import DeliveryState
from bot.domain.webhooks.webhook import EventKind, Webhook, sealed_as
from bot.jobs.webhooks.delivering import WebhookDeliveries
from bot.network.webhooks import HttpWebhookSender
from storage.db.database import Database
from storage.webhooks.deliveries import SqlDeliveries
from storage.webhooks.store import SqlWebhooks
from storage.webhooks.tables import is_waiting, webhook_deliveries
from tests.changes import MemoryLog
from tests.keys import PlainCipher
from tests.servers import an_http_server
from tests.waiting import is_told

GUILD = 10
SECRET = "whsec_c2VjcmV0IG9mIHRoaXMgdGVzdA=="
LONG = 1.0  # seconds until the next attempt, if none is in progress
LOST_ANSWERS = 1 / 3  # of the failing calls: they were accepted all the same


@dataclass(kw_only=True)
class Flood:
    """`taken` counts how often the receiver accepted each id; `calls` is everything it received."""

    database: Database
    failing: float
    taken: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    deaths: int = 0
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    clock: SystemClock = field(default_factory=SystemClock)

    @asynccontextmanager
    async def receiver(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/", self._called)
        async with an_http_server(app) as port:
            yield f"http://127.0.0.1:{port}/"

    async def _called(self, request: web.Request) -> web.Response:
        self.calls += 1
        fails = self.rng.random() < self.failing
        loses = fails and self.rng.random() < LOST_ANSWERS
        if not fails or loses:
            self.taken[request.headers["webhook-id"]] += 1
        if loses and request.transport is not None:
            request.transport.abort()
        return web.Response(status=503 if fails else 204)

    async def stores(self, url: str, count: int) -> set[str]:
        """Stores so many events for one webhook; returns their ids."""
        store = SqlWebhooks(database=self.database, clock=self.clock)
        now = self.clock.now()
        webhook = Webhook(id="0123456789ab", guild_id=GUILD, url=url, events=(EventKind.COMPLETED,), added_at=now)
        assert await store.add(webhook, PlainCipher().seal(sealed_as(webhook.id), SECRET), most=5)
        usual = {"webhook_id": webhook.id, "guild_id": GUILD, "kind": EventKind.COMPLETED.value, "body": "{}"}
        rows = [
            {**usual, "id": f"msg_{n}", "created_at": now, "next_at": now, "tries": 0, "state": DeliveryState.WAITING}
            for n in range(count)
        ]
        await self.database.write(lambda connection: connection.execute(insert(webhook_deliveries), rows))
        return {str(row["id"]) for row in rows}

    async def runs_until_all_is_noted(self, calls_in_a_life: int) -> None:
        """By one sender after the other: each dies in the middle of its work."""
        sender = HttpWebhookSender({"127.0.0.1"})
        while await self._store.next_due() is not None:
            running, heard = asyncio.create_task(self._deliveries(sender).run()), self.calls
            await is_told(partial(self._has_done, heard + calls_in_a_life))
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            self.deaths += 1
            await self._time_goes_by()
        await sender.close()

    async def _has_done(self, calls: int) -> bool:
        return self.calls >= calls or await self._is_idle()

    async def _is_idle(self) -> bool:
        due = await self._store.next_due()
        return due is None or due > LONG

    def _deliveries(self, sender: HttpWebhookSender) -> WebhookDeliveries:
        return WebhookDeliveries(
            store=SqlDeliveries(database=self.database, clock=self.clock),
            sender=sender,
            cipher=PlainCipher(),
            guild_log=MemoryLog(),
            clock=self.clock,
            outcomes=Counter(),
            rng=self.rng,
        )

    async def _time_goes_by(self) -> None:
        """Everything that waits is due, whichever clock the database uses."""
        due = update(webhook_deliveries).where(is_waiting).values(next_at=webhook_deliveries.c.created_at)
        await self.database.write(lambda connection: connection.execute(due))

    @property
    def _store(self) -> SqlDeliveries:
        return SqlDeliveries(database=self.database, clock=self.clock)
