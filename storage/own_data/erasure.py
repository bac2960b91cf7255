"""Erasing a member's data, one order per transaction: it continues from wherever it was interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.access.own_data import Erased, Erasure, OwnRecords, Remaining
from bot.domain.errors import MovedOn
from bot.domain.job import Job
from bot.domain.phases import Unsent
from bot.domain.ports.clock import Clock
from storage.db import snapshot, upserts
from storage.db.database import Database
from storage.db.time_types import month_of
from storage.jobs.mapping import JobRow, jobs_of
from storage.member_tables import carried_use, erasures
from storage.own_data.helper import take_person_out_of_calls
from storage.own_data.members_rows import remove_rows
from storage.own_data.moderation import take_out_of_cases
from storage.own_data.person import is_erasable, take_person_out
from storage.own_data.stored import facts_of
from storage.studio.contests.store import touch as touch_contests
from storage.studio.contests.tables import entries as contest_entries
from storage.tables import REVIEW_STATES, UNSENT_STATES, is_open, jobs, records
from storage.type_adapters import adapter_of

HELD = timedelta(minutes=5)  # since the last order that was erased
KEPT = timedelta(days=7)  # an erasure that is over, so that its member can see what it did
MONTHS_END = timedelta(days=2)  # whatever a server's time zone, its month is over by then


@wired
class SqlErasures:
    """The ErasureStore. By the clock of this machine: nothing here needs to be exact."""

    database: Database
    clock: Clock
    about: OwnRecords

    async def begin(self, member_id: int) -> bool:
        free: dict[str, Any] = {"worker": None, "held_until": None, "ended_at": None}
        fresh = {**free, "asked_at": self.clock.now(), "done": {}}

        async def write(connection: AsyncConnection) -> bool:
            new = upserts.insert(connection, erasures).values(member_id=member_id, **fresh)
            anew = new.on_conflict_do_update(
                index_elements=["member_id"], set_=fresh, where=erasures.c.ended_at.is_not(None)
            )
            return (await connection.execute(anew.returning(erasures.c.member_id))).one_or_none() is not None

        return await self.database.write(write)

    async def of(self, member_id: int) -> Erasure | None:
        query = select(erasures).where(erasures.c.member_id == member_id)

        async def read(connection: AsyncConnection) -> Erasure | None:
            row = (await connection.execute(query)).one_or_none()
            return None if row is None else _erasure(row)

        return await self.database.read(read)

    async def unfinished(self) -> Sequence[int]:
        query = select(erasures.c.member_id).where(erasures.c.ended_at.is_(None)).order_by(erasures.c.asked_at)

        async def read(connection: AsyncConnection) -> Sequence[int]:
            return (await connection.execute(query)).scalars().all()

        return await self.database.read(read)

    async def claim(self, member_id: int, worker: str) -> Erasure | None:
        now = self.clock.now()
        is_free = or_(erasures.c.held_until.is_(None), erasures.c.held_until < now)
        mine = and_(erasures.c.member_id == member_id, erasures.c.ended_at.is_(None), is_free)
        taken = update(erasures).where(mine).values(worker=worker, held_until=now + HELD).returning(erasures)

        async def write(connection: AsyncConnection) -> Erasure | None:
            row = (await connection.execute(taken)).one_or_none()
            return None if row is None else _erasure(row)

        return await self.database.write(write)

    async def waiting(self, erasure: Erasure) -> Sequence[Job]:
        may_be_sent = or_(jobs.c.state.in_(UNSENT_STATES), jobs.c.first_try.is_not(None))
        found = await self._jobs(and_(_of(erasure), is_open, may_be_sent), most=None)
        return [job for job in found if isinstance(job.phase, Unsent) or job.is_made_sure_of]

    async def erasable(self, erasure: Erasure, most: int) -> Sequence[Job]:
        return await self._jobs(and_(_of(erasure), is_erasable), most)

    async def _jobs(self, which: ColumnElement[bool], most: int | None) -> Sequence[Job]:
        query = select(jobs).where(which).order_by(jobs.c.created_at, jobs.c.id).limit(most)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(query))

        return await self.database.read(read)

    async def remaining(self, erasure: Erasure) -> Remaining:
        held = jobs.c.state.in_(REVIEW_STATES)
        counts = select(held, func.count()).where(_of(erasure), ~is_erasable).group_by(held)

        async def read(connection: AsyncConnection) -> Remaining:
            found = {bool(in_review): count for in_review, count in await connection.execute(counts)}
            return Remaining(under_way=found.get(False, 0), undecided=found.get(True, 0))

        return await self.database.read(read)

    async def forget_facts(self, member_id: int, worker: str) -> Erased:
        async def write(connection: AsyncConnection) -> Erased:
            done = await _held(connection, member_id, worker)
            if done.records_gone:
                return done
            facts, drafts = await facts_of(connection, self.about, member_id)
            if facts or drafts:
                gone = tuple_(records.c.namespace, records.c.key).in_([*facts, *drafts])
                await connection.execute(delete(records).where(gone))
            await take_out_of_cases(connection, self.about.cases, member_id)
            await touch_contests(connection, contest_entries.c.member_id == member_id, self.clock.now())
            rows = await remove_rows(connection, member_id)
            lines = await take_person_out_of_calls(connection, member_id, self.clock.now())
            removed = Erased(facts=len(facts) + rows, drafts=len(drafts), cost_rows=lines, records_gone=True)
            return await self._note(connection, member_id, done.plus(removed))

        try:
            return await self.database.write(write)
        finally:
            snapshot.drop_all()

    async def erase(self, job: Job, worker: str, removed: Erased) -> Erased:
        now = self.clock.now()

        async def write(connection: AsyncConnection) -> Erased:
            done = await _held(connection, job.owner_id, worker)
            lines = await take_person_out(connection, job, now, is_shown=removed.left_in_discord > 0)
            if lines is None:
                return done  # somebody restarted it, or it is erased already
            return await self._note(connection, job.owner_id, done.plus(replace(removed, orders=1, cost_rows=lines)))

        return await self.database.write(write)

    async def _note(self, connection: AsyncConnection, member_id: int, done: Erased) -> Erased:
        noted = {"done": adapter_of(Erased).dump_python(done, mode="json"), "held_until": self.clock.now() + HELD}
        await connection.execute(update(erasures).where(erasures.c.member_id == member_id).values(noted))
        return done

    async def release(self, erasure: Erasure, worker: str) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            await _held(connection, erasure.member_id, worker)
            left = (await connection.execute(select(func.count()).where(_of(erasure)))).scalar_one()
            ended = None if left else self.clock.now()
            free = {"worker": None, "held_until": None, "ended_at": ended}
            await connection.execute(update(erasures).where(erasures.c.member_id == erasure.member_id).values(free))
            return not left

        return await self.database.write(write)

    async def clean(self) -> None:
        now = self.clock.now()

        async def write(connection: AsyncConnection) -> None:
            await connection.execute(delete(erasures).where(erasures.c.ended_at < now - KEPT))
            await connection.execute(delete(carried_use).where(carried_use.c.period < month_of(now - MONTHS_END)))

        await self.database.write(write)


def _of(erasure: Erasure) -> ColumnElement[bool]:
    """All orders that it covers; later ones belong to somebody who has started anew."""
    return and_(jobs.c.owner_id == erasure.member_id, jobs.c.created_at <= erasure.asked_at)


async def _held(connection: AsyncConnection, member_id: int, worker: str) -> Erased:
    """What is done so far. Raises MovedOn if somebody else has taken it over."""
    mine = and_(erasures.c.member_id == member_id, erasures.c.worker == worker)
    row = (await connection.execute(select(erasures).where(mine).with_for_update())).one_or_none()
    if row is None:
        raise MovedOn
    return _erasure(row).done


def _erasure(row: JobRow) -> Erasure:
    return Erasure(member_id=row.member_id, asked_at=row.asked_at, done=_read(row.done), ended_at=row.ended_at)


def _read(done: Any) -> Erased:
    return adapter_of(Erased).validate_python(done) if isinstance(done, dict) else Erased()
