"""Managers' decisions about their server's queue: that it is paused, or closed, and what is at its front."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Update, and_, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.errors import QueueClosed
from bot.domain.ids import JobId
from bot.domain.messages import Foreign, Message, Person, msg
from bot.domain.phases import Trait, names_with
from bot.domain.queue.state import FRONT, HoldKind, QueueHold
from storage.db import upserts
from storage.db.database import Database
from storage.guild_tables import queue_holds
from storage.tables import CARD, CARD_GONE, is_open, jobs, messages, spelled_out

_waits = and_(is_open, spelled_out(jobs.c.state, names_with(Trait.WAITS)))
_paused = select(queue_holds.c.guild_id).where(queue_holds.c.kind == HoldKind.PAUSE.value)
is_held_back = jobs.c.guild_id.in_(_paused)
moved_ahead = case((jobs.c.priority >= FRONT, jobs.c.priority), else_=0)
ordinary_priority = case((jobs.c.priority >= FRONT, 0), else_=jobs.c.priority)


@wired
class SqlQueueHolds:
    """The QueueHolds."""

    database: Database

    async def queue_hold(self, guild_id: int) -> QueueHold | None:
        return await self.database.read(lambda connection: hold_of(connection, guild_id))

    async def hold(self, guild_id: int, hold: QueueHold) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            changed = await _put(connection, guild_id, hold)
            if changed:
                await connection.execute(_outdated_cards(guild_id))
            return changed

        return await self.database.write(write)

    async def resume(self, guild_id: int) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            gone = await connection.execute(delete(queue_holds).where(queue_holds.c.guild_id == guild_id))
            if gone.rowcount:
                await connection.execute(_outdated_cards(guild_id))
            return gone.rowcount == 1

        return await self.database.write(write)

    async def bump(self, guild_id: int, job_id: JobId) -> bool:
        return await self.database.write(lambda connection: _bump(connection, guild_id, job_id))


async def hold_of(connection: AsyncConnection, guild_id: int) -> QueueHold | None:
    row = (await connection.execute(select(queue_holds).where(queue_holds.c.guild_id == guild_id))).one_or_none()
    return None if row is None else hold_in(row)


def hold_in(row: Row[*tuple[Any, ...]]) -> QueueHold | None:
    """None, too, for a kind that only a newer version knows."""
    if row.kind not in set(HoldKind):
        return None
    return QueueHold(kind=HoldKind(row.kind), reason=row.reason, by=row.held_by, since=row.since)


async def pause_of(connection: AsyncConnection, guild_id: int) -> QueueHold | None:
    """None while new orders of the server are sent."""
    hold = await hold_of(connection, guild_id)
    return hold if hold is not None and hold.kind is HoldKind.PAUSE else None


async def check_takes_orders(connection: AsyncConnection, guild_id: int) -> None:
    """Raise QueueClosed while a server accepts no new orders."""
    check_is_open(await hold_of(connection, guild_id))


def check_is_open(hold: QueueHold | None) -> None:
    """Likewise, of what was read."""
    if hold is not None and hold.kind is HoldKind.DRAIN:
        raise QueueClosed(_closed(hold))


def _closed(hold: QueueHold) -> Message:
    return msg(
        "{member} stopped new orders on this server: {reason} You weren't charged.",
        member=Person(hold.by),
        reason=Foreign(hold.sentence),
    )


async def _put(connection: AsyncConnection, guild_id: int, hold: QueueHold) -> bool:
    """In one statement, so that one of two simultaneous managers is first."""
    values = {"kind": hold.kind.value, "reason": hold.reason, "held_by": hold.by, "since": hold.since}
    new = upserts.insert(connection, queue_holds).values(guild_id=guild_id, **values)
    differs = queue_holds.c.kind != hold.kind.value
    put = new.on_conflict_do_update(index_elements=[queue_holds.c.guild_id], set_=values, where=differs)
    return (await connection.execute(put.returning(queue_holds.c.guild_id))).one_or_none() is not None


def _outdated_cards(guild_id: int) -> Update:
    """Whichever process looks first redraws them, even if the one that was told dies before it could."""
    waiting = select(jobs.c.id).where(_waits, jobs.c.guild_id == guild_id)
    there = and_(messages.c.kind == CARD, messages.c.drawn.is_distinct_from(CARD_GONE))
    return update(messages).where(there, messages.c.job_id.in_(waiting)).values(drawn=None)


async def _bump(connection: AsyncConnection, guild_id: int, job_id: JobId) -> bool:
    """Ahead of those that were moved before; an order that a worker holds is about to be sent anyway."""
    waiting = and_(_waits, jobs.c.guild_id == guild_id)
    first = select(func.max(jobs.c.priority)).where(waiting, jobs.c.priority >= FRONT)
    highest: int | None = (await connection.execute(first)).scalar_one()
    behind = jobs.c.priority != (-1 if highest is None else highest)
    moved = update(jobs).where(waiting, jobs.c.id == job_id, behind, jobs.c.lease_until.is_(None))
    done = await connection.execute(moved.values(priority=FRONT if highest is None else highest + 1))
    return done.rowcount == 1
