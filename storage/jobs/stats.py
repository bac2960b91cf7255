"""The numbers of the whole installation."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.money.usd import Usd
from bot.domain.phases import PHASES
from bot.domain.ports.clock import Clock
from bot.domain.stats import InstallationStats
from storage.db.database import Database
from storage.db.time_types import present
from storage.db.totals import total
from storage.jobs.fair_queue import is_due, is_queued
from storage.tables import budget, is_open, jobs, ledger
from storage.webhooks.tables import is_called, is_its_webhook, webhook_deliveries, webhooks


@wired
class SqlInstallationStats:
    """Counts every job: for monitoring, not for each click."""

    database: Database
    clock: Clock

    async def installation_stats(self) -> InstallationStats:
        async def read(connection: AsyncConnection) -> InstallationStats:
            return await _installation_stats(connection, await present(connection, self.clock), self.clock.now())

        return await self.database.read(read)


async def _installation_stats(connection: AsyncConnection, now: datetime, today: datetime) -> InstallationStats:
    """The state at `now`, by the clock used for leases; `today` is by the ledger's."""
    counted = await connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
    by_phase = {name: count for name, count in counted if name in PHASES}
    late = select(func.min(jobs.c.next_at)).where(is_due(now), ~is_queued)
    queued = select(func.min(jobs.c.created_at)).where(is_open, is_queued)
    expired = select(func.min(jobs.c.lease_until)).where(and_(is_open, jobs.c.lease_until < now))
    webhook = select(func.min(webhook_deliveries.c.next_at)).join(webhooks, is_its_webhook).where(is_called)
    midnight = today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = select(total(ledger.c.spent)).where(ledger.c.at >= midnight)
    return InstallationStats(
        jobs={name: by_phase.get(name, 0) for name in PHASES},
        oldest_queued=_age((await connection.execute(queued)).scalar_one(), today),
        oldest_due=_age((await connection.execute(late)).scalar_one(), now),
        oldest_expired_lease=_age((await connection.execute(expired)).scalar_one(), now),
        oldest_webhook=_age((await connection.execute(webhook)).scalar_one(), now),
        reserved=Usd((await connection.execute(select(total(budget.c.reserved)))).scalar_one()),
        spent_today=Usd((await connection.execute(spent)).scalar_one()),
    )


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
