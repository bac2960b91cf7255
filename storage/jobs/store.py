"""The job table as the rules of Kinora see it.

Everything happens in transactions, and every write for a lease is fenced by its epoch: whoever was overtaken while
working gets MovedOn, and has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.health import TrackRecord
from bot.domain.history import Cursor, HistoryFilter, HistoryPage
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, QueuePosition
from bot.domain.messages import Message
from bot.domain.money.costs import Costs, Period
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.stats import InstallationStats
from bot.domain.video import Size
from storage.db.database import Database
from storage.db.time_types import present
from storage.guilds import monthly_budget
from storage.jobs import queries as lookups
from storage.jobs import track_records as health
from storage.jobs import transitions as changes
from storage.jobs.claim import Claim, Unreadable, give_back, prolong
from storage.jobs.history import HistoryQuery
from storage.jobs.stats import installation_stats
from storage.money import audit, ledger
from storage.money.costs import Spending
from storage.tables import jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRows:
    """The JobStore."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none
    lease_seconds: float = 60.0
    _unreadable: Unreadable = field(default_factory=set, init=False, repr=False)

    # A job's way

    async def add(self, job: Job) -> Job:
        return await self.database.write(lambda connection: changes.order(connection, self.clock, job, self.budget))

    async def exchange(self, seen: Job, ended: Job, job: Job) -> Job:
        swap = changes.Exchange(seen=seen, ended=ended, job=job)
        return await self.database.write(lambda connection: swap.make(connection, self.clock, self.budget))

    async def claim(self, worker: str, places: ConcurrencyLimits, most: int) -> Sequence[Lease]:
        async def write(connection: AsyncConnection) -> list[Lease]:
            claim = Claim(
                connection=connection,
                clock=self.clock,
                worker=worker,
                seconds=self.lease_seconds,
                unreadable=self._unreadable,
            )
            due = await claim.due(most)
            return [*due, *await claim.queued(places, most - len(due))]

        return await self.database.write(write)

    async def extend(self, held: Iterable[tuple[JobId, int]]) -> Sequence[tuple[JobId, int]]:
        wanted = list(held)

        async def write(connection: AsyncConnection) -> list[tuple[JobId, int]]:
            until = await present(connection, self.clock) + timedelta(seconds=self.lease_seconds)
            return await prolong(connection, wanted, until)

        return await self.database.write(write)

    async def move(self, lease: Lease, job: Job, after: float | None = None, *, keep: bool = False) -> Lease:
        step = changes.Step(lease=lease, job=job, after=after, keep_for=self.lease_seconds if keep else None)
        return await self.database.write(lambda connection: step.take(connection, self.clock))

    async def hand_back(self, leases: Iterable[Lease]) -> None:
        unused = list(leases)

        async def write(connection: AsyncConnection) -> None:
            await give_back(connection, unused, await present(connection, self.clock))

        await self.database.write(write)

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        return await self.database.write(lambda connection: changes.decide(connection, self.clock, seen, job, after))

    async def hurry(self, provider: str) -> None:
        await self.database.write(lambda connection: changes.hurry(connection, self.clock, provider))

    async def nudge(self, job_id: JobId) -> None:
        await self.database.write(lambda connection: changes.nudge(connection, self.clock, job_id))

    async def cancel(self, job_id: JobId, by: int) -> Job:
        return await self.database.write(lambda connection: changes.cancel(connection, self.clock, job_id, by))

    async def delivered(self, job_id: JobId) -> Job:
        return await self.database.write(lambda connection: changes.deliver(connection, job_id, self.clock.now()))

    async def mark_deleted(self, job_id: JobId) -> None:
        deleted = update(jobs).where(jobs.c.id == job_id).values(deleted=True)
        await self.database.write(lambda connection: connection.execute(deleted))

    # Questions

    async def get(self, job_id: JobId) -> Job | None:
        return await self.database.read(lambda connection: lookups.one(connection, job_id))

    async def next_due(self) -> float | None:
        """Never 0 for the sake of a queued job (see `lookups.next_due`): only `claim` knows whether a place is free."""

        async def read(connection: AsyncConnection) -> float | None:
            return await lookups.next_due(connection, self._unreadable, await present(connection, self.clock))

        return await self.database.read(read)

    async def line(self, job: Job, places: ConcurrencyLimits) -> QueuePosition:
        async def read(connection: AsyncConnection) -> QueuePosition:
            return await lookups.queue_position(connection, job.id, places.total, await present(connection, self.clock))

        return await self.database.read(read)

    async def latest(self, guild_id: int, owner_id: int | None, most: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: lookups.latest(connection, guild_id, owner_id, most))

    async def under_way(self, guild_id: int) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> list[Job]:
            return await lookups.under_way(connection, guild_id, await present(connection, self.clock))

        return await self.database.read(read)

    async def in_review(self, guild_id: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: lookups.in_review(connection, guild_id))

    async def without_video(self, provider: str) -> Sequence[Job]:
        return await self.database.read(lambda connection: lookups.without_video(connection, provider))

    async def finished(self, guild_id: int, owner_id: int, text: str, most: int) -> Sequence[Job]:
        return await self.database.read(lambda connection: lookups.finished(connection, guild_id, owner_id, text, most))

    async def history(
        self, guild_id: int, owner_id: int, which: HistoryFilter, cursor: Cursor | None, most: int
    ) -> HistoryPage:
        leafing = HistoryQuery(guild_id=guild_id, owner_id=owner_id, which=which, most=most)
        if cursor is None:
            return await self.database.read(leafing.newest)
        return await self.database.read(lambda connection: leafing.turned(connection, cursor))

    async def render_times(self, provider: str, model: str, seconds: int, size: Size) -> Sequence[float]:
        return await self.database.read(
            lambda connection: lookups.render_times(connection, provider, model, seconds, size)
        )

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        asked = list(models)

        async def read(connection: AsyncConnection) -> dict[tuple[str, str], TrackRecord]:
            return {each: await health.track_record(connection, *each) for each in asked}

        return await self.database.read(read)

    async def known(self, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
        asked = list(remote_ids)
        return await self.database.read(lambda connection: lookups.known(connection, provider, asked))

    async def installation_stats(self) -> InstallationStats:
        """How the whole installation stands. Counts every job: for monitoring, not for each click."""

        async def read(connection: AsyncConnection) -> InstallationStats:
            return await installation_stats(connection, await present(connection, self.clock), self.clock.now())

        return await self.database.read(read)

    # Money

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        now = self.clock.now()

        async def read(connection: AsyncConnection) -> Costs:
            since = period.start(now)
            costs = await Spending(connection=connection, guild_id=guild_id, owner_id=owner_id, since=since).costs()
            if owner_id is not None:
                return costs
            cap = await monthly_budget(connection, guild_id, self.budget)
            return replace(costs, budget=cap, budget_left=await ledger.budget_left(connection, guild_id, cap, now))

        return await self.database.read(read)

    async def check_books(self) -> list[Message]:
        """What does not add up between ledger, budgets and jobs, a sentence each; empty when all is well.

        Reads the whole ledger: for the start of the process and for a person who asks.
        """
        return await self.database.read(audit.complaints)
