"""Which jobs are due, which hold a slot, and which in line gets a free slot.

The order: first whoever has the fewest renders running, then the higher priority, then the older order. A member's
second waiting job counts as if the first were already running, so nobody is served twice before others are served once.
An order that a manager moved to the front takes its server's first turn: nobody on another server waits longer because
of it. Free slots are assigned one by one, in Python and not in one statement: a job that its server's limit holds back
must not count as a served job of its owner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.accounts import service_of
from bot.domain.phases import Trait, names_with
from bot.domain.ports.jobs import ConcurrencyLimits, StepRoom
from bot.domain.queue.state import FRONT
from storage.db.time_types import UtcDateTime
from storage.queue.holds import is_held_back, moved_ahead, ordinary_priority
from storage.tables import awaits_approval, is_open, jobs, spelled_out

Moment = datetime | BindParameter[datetime]
# For statements that are built once: building a line takes longer than executing it.
NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime)
is_queued = spelled_out(jobs.c.state, names_with(Trait.WAITS))
by_age: tuple[ColumnElement[Any], ...] = (jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
in_turn: tuple[ColumnElement[Any], ...] = (ordinary_priority.desc(), jobs.c.created_at, jobs.c.id)
_is_at_the_service = spelled_out(jobs.c.state, names_with(Trait.HOLDS_SLOT))


def is_free(now: Moment) -> ColumnElement[bool]:
    """Nobody holds the job: it was released, or whoever held it died."""
    return or_(jobs.c.lease_until.is_(None), jobs.c.lease_until < now)


def is_due(now: Moment) -> ColumnElement[bool]:
    return and_(is_open, jobs.c.next_at <= now, is_free(now))


def may_start(now: Moment) -> ColumnElement[bool]:
    """A queued job that needs only a free slot."""
    return and_(is_due(now), not_(is_held_back))


def holds_place(now: Moment) -> ColumnElement[bool]:
    """At the service, or held by a live worker that is about to send it there."""
    return and_(is_open, or_(_is_at_the_service, and_(is_queued, jobs.c.lease_until >= now)))


# First those taken from the queue, then those waiting there, then those that may not start yet.
in_queue = case((and_(is_queued, is_free(NOW)), 1), (awaits_approval, 2), else_=0)


def places_taken(now: Moment) -> Select[int]:
    return select(func.count()).where(holds_place(now))


def line(which: ColumnElement[bool], beside: ColumnElement[bool] | None = None) -> Subquery:
    """Queued jobs, each with its `place` in the line, NOW: 1 is next. Limits of servers and members are ignored.

    `beside`: these open jobs are included, without a place. It uses only window functions, no joins: of so few
    jobs among so many PostgreSQL expects none, and would compare each with each. Those that hold a slot are one row per
    member, because windows cost more with each row, and many renders may be running.
    """
    waits = and_(is_queued, which)
    stands = waits if beside is None else or_(waits, beside)
    each = union_all(_standing(waits).where(is_open, stands), _holders()).subquery("each")
    oldest_first = (each.c.priority.desc(), each.c.created_at, each.c.id)
    nth_of_owner = func.row_number().over(partition_by=(each.c.owner_id, each.c.waits), order_by=oldest_first)
    running = func.sum(each.c.holds).over(partition_by=each.c.owner_id)
    counted = select(each, (running + nth_of_owner).label("nth_served")).subquery("counted")
    fair = (counted.c.nth_served, counted.c.ordinary.desc(), counted.c.created_at, counted.c.id)
    place = func.row_number().over(partition_by=counted.c.waits, order_by=fair)
    placed = select(counted, place.label("place")).subquery("placed")
    of_guild = (placed.c.guild_id, placed.c.waits)
    nth = func.row_number().over(partition_by=of_guild, order_by=(placed.c.ahead.desc(), placed.c.place))
    turns = select(placed, nth.label("nth")).subquery("turns")
    # A server's nth takes its nth turn.
    its_turn = func.nth_value(turns.c.place, cast(turns.c.nth, Integer)).over(
        partition_by=(turns.c.guild_id, turns.c.waits), order_by=turns.c.place, rows=(None, None)
    )
    told = (turns.c.id, turns.c.guild_id, turns.c.in_queue, turns.c.ahead, turns.c.created_at)
    line = select(*told, case((turns.c.waits == 1, its_turn)).label("place"))
    return line.where(turns.c.id.is_not(None)).subquery("line")


def _standing(waits: ColumnElement[bool]) -> Select[Any]:
    return select(
        *(jobs.c.id, jobs.c.guild_id, jobs.c.owner_id, jobs.c.created_at),
        *(in_queue.label("in_queue"), moved_ahead.label("ahead"), ordinary_priority.label("ordinary")),
        *(jobs.c.priority, case((waits, 1), else_=0).label("waits"), literal(0).label("holds")),
    )


def _holders() -> Select[Any]:
    """How many slots each member's jobs hold, in the columns of `_standing`."""
    nobody = (null(), null(), jobs.c.owner_id, null())
    no_rank = (literal(0), literal(0), literal(0), literal(0), literal(0))
    return select(*nobody, *no_rank, func.count()).where(holds_place(NOW)).group_by(jobs.c.owner_id)


@value_object(kw_only=False)
class WaitingJob:
    """One queued job, as far as it matters for its place in the line."""

    id: str
    owner_id: int
    guild_id: int
    priority: int
    created_at: datetime
    account: str
    at_once: int | None = None  # how many renders of its member on its server, with it among them


@dataclass(slots=True)
class Slots:
    """Who holds how many of the slots."""

    places: ConcurrencyLimits
    slow_accounts: Collection[str] = frozenset()  # they may answer an order only when its video is made
    slow_orders: int = 0  # how many more may be sent to them from here
    members: Counter[int] = field(default_factory=Counter)
    guilds: Counter[int] = field(default_factory=Counter)
    members_on: Counter[tuple[int, int]] = field(default_factory=Counter)  # by member and server
    accounts: Counter[str] = field(default_factory=Counter)

    @property
    def free(self) -> int:
        return self.places.total - self.members.total()

    def take(self, owner_id: int, guild_id: int, account: str, number: int = 1) -> None:
        self.members[owner_id] += number
        self.guilds[guild_id] += number
        self.members_on[owner_id, guild_id] += number
        self.accounts[account] += number

    def give(self, waiting: Sequence[WaitingJob], most: int) -> list[str]:
        """Ids of the jobs that start now, at most `most`, in the order in which they got their slots."""
        left, started = list(waiting), list[str]()
        while len(started) < most and self.free > 0 and (allowed := [job for job in left if self._may_start(job)]):
            first = self._next(allowed)
            self.take(first.owner_id, first.guild_id, first.account)
            self.slow_orders -= service_of(first.account) in self.slow_accounts
            left.remove(first)
            started.append(first.id)
        return started

    def _next(self, allowed: Sequence[WaitingJob]) -> WaitingJob:
        """Whose turn it is, or who was moved to the front on the same server."""
        turn = min(allowed, key=self._order)
        ahead = [job for job in allowed if job.guild_id == turn.guild_id and job.priority >= FRONT]
        return min(ahead, key=lambda job: (-job.priority, self._order(job)), default=turn)

    def _may_start(self, job: WaitingJob) -> bool:
        per_member, per_guild = self.places.per_member, self.places.per_guild
        per_account = self.places.per_account.get(job.account)
        return (
            (per_member is None or self.members[job.owner_id] < per_member)
            and (job.at_once is None or self.members_on[job.owner_id, job.guild_id] < job.at_once)
            and (per_guild is None or self.guilds[job.guild_id] < per_guild)
            and (per_account is None or self.accounts[job.account] < per_account)
            and (service_of(job.account) not in self.slow_accounts or self.slow_orders > 0)
        )

    def _order(self, job: WaitingJob) -> tuple[int, int, datetime, str]:
        priority = 0 if job.priority >= FRONT else job.priority
        return self.members[job.owner_id], -priority, job.created_at, job.id


_whose = (jobs.c.owner_id, jobs.c.guild_id, jobs.c.provider)
TAKEN = select(*_whose, func.count()).where(holds_place(NOW)).group_by(*_whose)


async def slots(
    connection: AsyncConnection, places: ConcurrencyLimits, now: datetime, room: StepRoom | None = None
) -> Slots:
    """The slots as they are used now, and what a process has `room` for."""
    taken = Slots(places) if room is None else Slots(places, room.slow_accounts, room.slow_orders)
    for owner_id, guild_id, account, number in await connection.execute(TAKEN, {"now": now}):
        taken.take(owner_id, guild_id, account, number)
    return taken


async def candidates(connection: AsyncConnection, which: ColumnElement[bool], most: int) -> list[WaitingJob]:
    """Queued jobs of which `most` may start: no others of a member, a server or an account can be among them.

    They include as many of the first that were moved to the front, and as many of the oldest, whose turn those take.
    """
    nth = func.row_number().over(partition_by=_whose, order_by=by_age)
    nth_in_turn = func.row_number().over(partition_by=_whose, order_by=in_turn)
    of_member = (jobs.c.id, jobs.c.owner_id, jobs.c.guild_id)
    waiting = (*of_member, jobs.c.priority, jobs.c.created_at, jobs.c.provider, jobs.c.at_once)
    both = (nth.label("nth"), nth_in_turn.label("nth_in_turn"))
    queued = select(*waiting, *both).where(is_open, is_queued, which).subquery()
    rows = await connection.execute(select(queued).where(or_(queued.c.nth <= most, queued.c.nth_in_turn <= most)))
    return [WaitingJob(*row[: len(waiting)]) for row in rows]
