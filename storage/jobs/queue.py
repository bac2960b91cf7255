"""The job table as workers, steps and people change it.

Everything happens in transactions, and every write for a lease is fenced by its epoch: a worker that was overtaken gets
MovedOn, and has changed nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, case, exists, false, func, not_, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.money.allowances import NO_MEMBER_LIMITS, Allowances
from bot.domain.money.usd import Usd
from bot.domain.phases import Submitting
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import ConcurrencyLimits, StepKind, StepRoom
from storage.db.database import Database
from storage.db.time_types import present
from storage.jobs import transitions
from storage.jobs.claim import (
    Claim,
    Unreadable,
    bring_forward,
    count_crash,
    give_back,
    has_suspect,
    is_put_off,
    is_readable,
    is_step,
    is_suspect,
    prolong,
)
from storage.jobs.fair_queue import is_queued
from storage.jobs.looks import LookWriter, Watched, stays
from storage.jobs.orders import OrderTerms
from storage.money import doubles
from storage.queue.holds import is_held_back
from storage.studio.search import index as search_index
from storage.tables import CARD, CARD_GONE, is_open, jobs, messages

QUEUE_LOOK = 1.0  # seconds


@wired
class SqlJobQueue:
    """The JobQueue."""

    database: Database
    clock: Clock
    budget: Usd  # a month's, for servers that set none
    member_waiting: int | None = None  # how many orders of one member may wait on a server
    lease_seconds: float = 60.0
    _unreadable: Unreadable = field(default_factory=set, init=False, repr=False)

    async def add(self, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        terms = self._order_terms
        return await self.database.write(lambda connection: terms.order(connection, self.clock, job, allowances))

    async def add_all(self, wanted: Sequence[Job], allowances: Allowances = NO_MEMBER_LIMITS) -> Sequence[Job]:
        terms = self._order_terms
        return await self.database.write(lambda connection: terms.order_all(connection, self.clock, wanted, allowances))

    async def add_double(self, job: Job) -> Job:
        return await self.database.write(lambda connection: doubles.add(connection, self.clock, job, self.budget))

    async def check_room(
        self, guild_id: int, owner_id: int, price: Usd, allowances: Allowances = NO_MEMBER_LIMITS, videos: int = 1
    ) -> None:
        terms, now = self._order_terms, self.clock.now()
        await self.database.read(
            lambda connection: terms.check(
                connection, guild_id, owner_id, price, at=now, allowances=allowances, videos=videos
            )
        )

    async def exchange(self, seen: Job, ended: Job, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        swap = transitions.Exchange(seen=seen, ended=ended, job=job, allowances=allowances)
        return await self.database.write(lambda connection: swap.make(connection, self.clock, self._order_terms))

    @functools.cached_property
    def _looks(self) -> LookWriter:
        return LookWriter(self.database, self.clock)

    @property
    def _order_terms(self) -> OrderTerms:
        return OrderTerms(budget=self.budget, member_waiting=self.member_waiting)

    async def claim(
        self, worker: str, places: ConcurrencyLimits, most: int, room: StepRoom | None = None
    ) -> Sequence[Lease]:
        async def write(connection: AsyncConnection) -> list[Lease]:
            claim = Claim(
                connection=connection,
                clock=self.clock,
                worker=worker,
                seconds=self.lease_seconds,
                unreadable=self._unreadable,
                room=room,
            )
            if room is not None and room.for_suspect:
                return await claim.due(1)
            due = await claim.due(most)
            return [*due, *await claim.queued(places, most - len(due))]

        return await self.database.write(write)

    async def extend(self, held: Iterable[tuple[JobId, int]]) -> Sequence[tuple[JobId, int]]:
        wanted = list(held)

        async def write(connection: AsyncConnection) -> list[tuple[JobId, int]]:
            until = await present(connection, self.clock) + timedelta(seconds=self.lease_seconds)
            return await prolong(connection, wanted, until)

        return await self._looks.in_turn(write)

    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        if after is not None and not keep and stays(lease, job):
            return await self._looks.write(Watched(lease=lease, job=job, after=after))
        keep_for = self.lease_seconds if keep else None
        step = transitions.Step(lease=lease, job=job, after=after, keep_for=keep_for, result=result)
        # An intent is too old half a minute later, and what was paid for has no id here until its answer is stored.
        is_urgent = isinstance(job.phase, Submitting) or isinstance(lease.job.phase, Submitting)
        return await self.database.write(lambda connection: step.take(connection, self.clock), urgent=is_urgent)

    async def hand_back(self, leases: Iterable[Lease]) -> None:
        unused = list(leases)

        async def write(connection: AsyncConnection) -> None:
            await give_back(connection, unused, await present(connection, self.clock))

        await self.database.write(write)

    async def has_suspect(self) -> bool:
        async def read(connection: AsyncConnection) -> bool:
            return await has_suspect(connection, self._unreadable, await present(connection, self.clock))

        return await self.database.read(read)

    async def count_crash(self, lease: Lease) -> None:
        async def write(connection: AsyncConnection) -> None:
            due = await present(connection, self.clock) + timedelta(seconds=self.lease_seconds)
            await count_crash(connection, lease, due)

        await self.database.write(write)

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        return await self.database.write(
            lambda connection: transitions.decide(connection, self.clock, seen, job, after)
        )

    async def cancel(self, job_id: JobId, by: int, *, unsent_only: bool = False) -> Job:
        return await self.database.write(
            lambda connection: transitions.cancel(connection, self.clock, job_id, by, unsent_only=unsent_only)
        )

    async def delivered(self, job_id: JobId) -> Job:
        return await self.database.write(lambda connection: transitions.deliver(connection, job_id, self.clock.now()))

    async def mark_deleted(self, job_id: JobId) -> None:
        card = (messages.c.job_id == job_id, messages.c.kind == CARD, messages.c.drawn.is_distinct_from(CARD_GONE))

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(update(jobs).where(jobs.c.id == job_id).values(deleted=True))
            await connection.execute(update(messages).where(*card).values(drawn=None))
            await search_index.drop(connection, job_id)

        await self.database.write(write)

    async def bring_forward(self) -> int:
        async def is_needed(connection: AsyncConnection) -> bool:
            put_off = is_put_off(await present(connection, self.clock), self.lease_seconds)
            return bool(await connection.scalar(select(exists().where(put_off))))

        async def write(connection: AsyncConnection) -> int:
            return await bring_forward(connection, await present(connection, self.clock), self.lease_seconds)

        return await self.database.write(write) if await self.database.read(is_needed) else 0

    async def hurry(self, provider: str) -> None:
        await self.database.write(lambda connection: transitions.hurry(connection, self.clock, provider))

    async def nudge(self, job_id: JobId) -> None:
        await self.database.write(lambda connection: transitions.nudge(connection, self.clock, job_id))

    async def next_due(self, kinds: Collection[StepKind] | None = None) -> float | None:
        """Never 0 for a queued job: only `claim` knows whether a slot is free."""

        async def read(connection: AsyncConnection) -> float | None:
            now = await present(connection, self.clock)
            return await _next_due(connection, self._unreadable, now, kinds)

        return await self.database.read(read)


async def _next_due(
    connection: AsyncConnection, unreadable: Unreadable, now: datetime, kinds: Collection[StepKind] | None
) -> float | None:
    """Seconds until a step can be claimed: when it is due and, if somebody holds it, when the lease expires.

    Whether a slot is free for a queued job is not checked here. So a queued job is never due at once but after
    QUEUE_LOOK: a worker that claims on each change and sleeps this long misses nothing, and does not spin for lack of
    slots.
    """
    due = _next_steps(frozenset(StepKind if kinds is None else kinds), with_suspects=kinds is None)
    rows = await connection.execute(due if not unreadable else due.where(is_readable(unreadable)))
    waits = [max((at - now).total_seconds(), QUEUE_LOOK if in_queue else 0.0) for in_queue, at in rows]
    return min(waits, default=None)


@functools.cache
def _next_steps(kinds: frozenset[StepKind], *, with_suspects: bool) -> Select[int, datetime]:
    held = case((jobs.c.lease_until > jobs.c.next_at, jobs.c.lease_until), else_=jobs.c.next_at)
    queued = case((is_queued, 1), else_=0)
    is_wanted = or_(false(), *(is_step(kind) for kind in kinds))
    can_go_on = not_(and_(is_queued, is_held_back))  # a pause is ended by a person, not at a certain time
    is_claimed = true() if with_suspects else not_(is_suspect)
    due = (is_open, is_wanted, jobs.c.next_at.is_not(None), can_go_on, is_claimed)
    return select(queued, func.min(held)).where(*due).group_by(queued)
