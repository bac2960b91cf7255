"""What happens in contests automatically, stored in rows: who works on which, and the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.ports.studio.contests import ContestWork
from bot.domain.studio.contests.contest import Contest, ContestId, ContestState, Noted
from bot.domain.studio.contests.outcome import places
from storage.db.database import Database
from storage.db.time_types import UtcDateTime
from storage.studio import ballots
from storage.studio.contests.mapping import contest_of, counts
from storage.studio.contests.tables import contest_votes, contests, entries
from storage.tables import jobs


@wired
class SqlContestWork:
    """The ContestWorkStore."""

    database: Database

    async def claim(self, holder: str, now: datetime, until: datetime) -> ContestWork | None:
        is_free = or_(contests.c.held_until.is_(None), contests.c.held_until < now)
        is_due = and_(contests.c.due_at <= now, is_free)
        first = select(contests.c.id).where(is_due).order_by(contests.c.due_at).limit(1)
        held = {"holder": holder, "held_until": until, "due_at": until}  # due then, if the holder dies

        async def write(connection: AsyncConnection) -> ContestWork | None:
            found = (await connection.execute(first.with_for_update(skip_locked=True))).scalar_one_or_none()
            taken = update(contests).where(contests.c.id == found).values(held).returning(contests)
            row = None if found is None else (await connection.execute(taken)).one()
            return None if row is None else ContestWork(contest=contest_of(row), holder=holder, until=until)

        return await self.database.write(write)

    async def next_due(self) -> datetime | None:
        query = select(contests.c.due_at).where(contests.c.due_at.is_not(None)).order_by(contests.c.due_at).limit(1)

        async def read(connection: AsyncConnection) -> datetime | None:
            at: datetime | None = (await connection.execute(query)).scalar_one_or_none()
            return at

        return await self.database.read(read)

    async def count(self, work: ContestWork, now: datetime) -> Contest | None:
        ends = and_(_is_ours(work), contests.c.state == ContestState.OPEN, contests.c.vote_until <= now)

        async def write(connection: AsyncConnection) -> Contest | None:
            row = (await connection.execute(select(contests).where(ends).with_for_update())).one_or_none()
            if row is None:
                return None
            number, best = await _fix_places(connection, work.contest.id)
            over = {"state": ContestState.OVER, "ended_at": now, "entries": number, "winners": best}
            ended = update(contests).where(contests.c.id == work.contest.id).values(over).returning(contests)
            return contest_of((await connection.execute(ended)).one())

        return await self.database.write(write)

    async def note_card(self, work: ContestWork, card_id: int | None, shown: str, now: datetime) -> bool:
        return await self._note(work, card_id=card_id, shown=shown, shown_at=now)

    async def note_result(self, work: ContestWork, result_id: int | None) -> bool:
        return await self._note(work, result_id=result_id)

    async def note_told(self, work: ContestWork, noted: Noted) -> bool:
        return await self._note(work, noted=noted)

    async def _note(self, work: ContestWork, **values: Any) -> bool:
        noted = update(contests).where(_is_ours(work)).values(values)

        async def write(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(noted)).rowcount)

        return await self.database.write(write)

    async def release(self, work: ContestWork, due_at: datetime | None) -> None:
        then = literal(due_at, UtcDateTime)
        as_seen = case((contests.c.due_at == work.until, then), else_=contests.c.due_at)
        await self._note(work, due_at=as_seen, holder=None, held_until=None)

    async def drop(self, work: ContestWork) -> None:
        await self.database.write(lambda connection: connection.execute(delete(contests).where(_is_ours(work))))

    async def clean(self, before: datetime) -> None:
        old = select(contests.c.id).where(contests.c.ended_at < before)

        async def read(connection: AsyncConnection) -> list[str]:
            return list((await connection.execute(old)).scalars())

        async def write(connection: AsyncConnection) -> None:
            for column in (entries.c.contest, contest_votes.c.contest, contests.c.id):
                await connection.execute(delete(column.table).where(column.in_(found)))

        if found := await self.database.read(read):
            await self.database.write(write)


def _is_ours(work: ContestWork) -> ColumnElement[bool]:
    return and_(contests.c.id == work.contest.id, contests.c.holder == work.holder)


async def _fix_places(connection: AsyncConnection, contest_id: ContestId) -> tuple[int, int]:
    """How many entries and winners there are. Entries that do not count are deleted, and so is who voted for what."""
    of_it = entries.c.contest == contest_id
    living = (await connection.execute(select(entries.c.job_id).join(jobs, counts).where(of_it))).scalars().all()
    given = await ballots.counted(connection, contest_votes, contest_votes.c.contest == contest_id)
    votes = {JobId(job_id): given.get(JobId(job_id), 0) for job_id in living}
    await connection.execute(delete(entries).where(of_it, entries.c.job_id.not_in(living)))
    by_place = places(votes)
    for job_id, place in by_place.items():
        fixed = {"votes": votes[job_id], "place": place}
        await connection.execute(update(entries).where(of_it, entries.c.job_id == job_id).values(fixed))
    await connection.execute(delete(contest_votes).where(contest_votes.c.contest == contest_id))
    return len(votes), sum(place == 1 and votes[job_id] > 0 for job_id, place in by_place.items())
