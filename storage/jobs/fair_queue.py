"""Giving free places away one by one, each to the first in line who may have it.

Done in Python and not in one statement: a job that its server's limit holds back must not use up its owner's turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ports.jobs import ConcurrencyLimits
from storage.jobs.queue_order import by_age, holds_place, is_queued
from storage.tables import is_open, jobs


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queued job, as far as it matters for its turn."""

    id: str
    owner_id: int
    guild_id: int
    priority: int
    created_at: datetime
    account: str


@dataclass(slots=True)
class Slots:
    """Who has how many of the places."""

    places: ConcurrencyLimits
    members: Counter[int] = field(default_factory=Counter)
    guilds: Counter[int] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return self.places.total - self.members.total()

    def take(self, owner_id: int, guild_id: int, account: str, number: int = 1) -> None:
        self.members[owner_id] += number
        self.guilds[guild_id] += number
        self.accounts[account] += number

    def give(self, waiting: Sequence[Waiting], most: int) -> list[str]:
        """Ids of the jobs that start now, at most `most`, in the order in which they got their places."""
        left, started = list(waiting), list[str]()
        while len(started) < most and self.free > 0 and (allowed := [job for job in left if self._may_start(job)]):
            first = min(allowed, key=self._turn)
            self.take(first.owner_id, first.guild_id, first.account)
            left.remove(first)
            started.append(first.id)
        return started

    def _may_start(self, job: Waiting) -> bool:
        per_member, per_guild = self.places.per_member, self.places.per_guild
        per_account = self.places.per_account.get(job.account)
        return (
            (per_member is None or self.members[job.owner_id] < per_member)
            and (per_guild is None or self.guilds[job.guild_id] < per_guild)
            and (per_account is None or self.accounts[job.account] < per_account)
        )

    def _turn(self, job: Waiting) -> tuple[int, int, datetime, str]:
        return self.members[job.owner_id], -job.priority, job.created_at, job.id


async def slots(connection: AsyncConnection, places: ConcurrencyLimits, now: datetime) -> Slots:
    """The places as they are taken now."""
    whose = (jobs.c.owner_id, jobs.c.guild_id, jobs.c.provider)
    taken = Slots(places)
    for owner_id, guild_id, account, number in await connection.execute(
        select(*whose, func.count()).where(holds_place(now)).group_by(*whose)
    ):
        taken.take(owner_id, guild_id, account, number)
    return taken


async def candidates(connection: AsyncConnection, which: ColumnElement[bool], most: int) -> list[Waiting]:
    """Queued jobs of which `most` may start: no more of a member, on a server, at an account can be among them."""
    nth = func.row_number().over(partition_by=(jobs.c.owner_id, jobs.c.guild_id, jobs.c.provider), order_by=by_age)
    waiting = (jobs.c.id, jobs.c.owner_id, jobs.c.guild_id, jobs.c.priority, jobs.c.created_at, jobs.c.provider)
    queued = select(*waiting, nth.label("nth")).where(is_open, is_queued, which).subquery()
    rows = await connection.execute(select(queued).where(queued.c.nth <= most))
    return [Waiting(*row[:-1]) for row in rows]
