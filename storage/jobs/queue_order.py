"""Which jobs are due, which hold a place, and how the line of waiting jobs stands.

The line: first who has the fewest renders running, then the higher priority, then the older order. A member's second
waiting job counts as if the first already ran, so nobody is served twice before others are served once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from bot.domain.phases import Trait, names_with
from storage.tables import is_open, jobs, spelled_out

is_queued = spelled_out(jobs.c.state, names_with(Trait.WAITS))
by_age: tuple[ColumnElement[Any], ...] = (jobs.c.priority.desc(), jobs.c.created_at, jobs.c.id)
_is_at_the_service = spelled_out(jobs.c.state, names_with(Trait.HOLDS_SLOT))


def is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody holds the job: it was handed back, or whoever held it died."""
    return or_(jobs.c.lease_until.is_(None), jobs.c.lease_until < now)


def is_due(now: datetime) -> ColumnElement[bool]:
    return and_(is_open, jobs.c.next_at <= now, is_free(now))


def holds_place(now: datetime) -> ColumnElement[bool]:
    """At the service, or held by somebody alive who is about to send it there."""
    return and_(is_open, or_(_is_at_the_service, and_(is_queued, jobs.c.lease_until >= now)))


def places_taken(now: datetime) -> Select[int]:
    return select(func.count()).where(holds_place(now))


def line(which: ColumnElement[bool], now: datetime) -> Subquery:
    """Queued jobs, each with its `place` in the line: 1 is next. What a server or member may have is left out here."""
    running = (
        select(jobs.c.owner_id, func.count().label("running"))
        .where(holds_place(now))
        .group_by(jobs.c.owner_id)
        .subquery("running")
    )
    nth = func.row_number().over(partition_by=jobs.c.owner_id, order_by=by_age)
    turn = func.coalesce(running.c.running, 0) + nth
    waiting = (
        select(jobs.c.id, jobs.c.priority, jobs.c.created_at, turn.label("turn"))
        .outerjoin(running, running.c.owner_id == jobs.c.owner_id)
        .where(is_open, is_queued, which)
        .subquery("waiting")
    )
    fair = (waiting.c.turn, waiting.c.priority.desc(), waiting.c.created_at, waiting.c.id)
    return select(waiting.c.id, func.row_number().over(order_by=fair).label("place")).subquery("line")
