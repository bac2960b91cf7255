"""What people do in contests, stored in rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.studio.contests import ContestWork, EntryResult, VoteResult
from bot.domain.studio.contests.contest import MOST_OPEN, Contest, ContestId, ContestState, ContestTimes
from bot.domain.studio.contests.outcome import ContestPlace
from storage.db import upserts
from storage.db.database import Database
from storage.jobs.mapping import job_of, jobs_of
from storage.locks import NamedLock, hold_named
from storage.studio import ballots
from storage.studio.contests.mapping import can_be_watched, contest_of, counts, locked, number_in, row_of
from storage.studio.contests.tables import contest_votes, contests, entries
from storage.tables import jobs

GAP = timedelta(seconds=5)  # between two edits of one card
_is_open = contests.c.state == ContestState.OPEN


@wired
class SqlContests:
    """The ContestStore."""

    database: Database

    async def start(self, contest: Contest, holder: str, until: datetime) -> ContestWork | None:
        row = row_of(contest) | {"due_at": until, "holder": holder, "held_until": until}
        others = select(func.count()).where(contests.c.guild_id == contest.guild_id, _is_open)

        async def write(connection: AsyncConnection) -> ContestWork | None:
            await hold_named(connection, NamedLock.CONTESTS, str(contest.guild_id))
            if (await connection.execute(others)).scalar_one() >= MOST_OPEN:
                return None
            await connection.execute(upserts.insert(connection, contests).values(row))
            return ContestWork(contest=contest, holder=holder, until=until)

        return await self.database.write(write)

    async def get(self, contest_id: ContestId) -> Contest | None:
        found = await self._read(contests.c.id == contest_id)
        return found[0] if found else None

    async def of_guild(self, guild_id: int, most: int) -> Sequence[Contest]:
        return await self._read(contests.c.guild_id == guild_id, most)

    async def _read(self, which: ColumnElement[bool], most: int = 1) -> list[Contest]:
        order = case((_is_open, 0), else_=1), contests.c.started_at.desc(), contests.c.id
        query = select(contests).where(which).order_by(*order).limit(most)

        async def read(connection: AsyncConnection) -> list[Contest]:
            return [contest_of(row) for row in await connection.execute(query)]

        return await self.database.read(read)

    async def entries(self, contest_id: ContestId) -> Sequence[Job]:
        query = select(jobs).join(entries, counts).where(entries.c.contest == contest_id)

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(query.order_by(entries.c.at, entries.c.job_id)))

        return await self.database.read(read)

    async def counts(self, contest_ids: Collection[ContestId]) -> Mapping[ContestId, int]:
        by_contest = select(entries.c.contest, func.count()).select_from(entries).join(jobs, counts)
        query = by_contest.where(entries.c.contest.in_(sorted(contest_ids))).group_by(entries.c.contest)

        async def read(connection: AsyncConnection) -> dict[ContestId, int]:
            found = {ContestId(name): number for name, number in await connection.execute(query)}
            return {contest_id: found.get(contest_id, 0) for contest_id in contest_ids}

        return await self.database.read(read)

    async def enter(self, contest_id: ContestId, job: Job, now: datetime) -> EntryResult:
        row = {"contest": contest_id, "job_id": job.id, "member_id": job.owner_id, "at": now}

        async def write(connection: AsyncConnection) -> EntryResult:
            contest = await locked(connection, contest_id)
            if contest is None or not contest.takes_entries(now):
                return EntryResult.CLOSED
            if (refused := await _no_entry(connection, contest, job)) is not None:
                return refused
            await connection.execute(upserts.insert(connection, entries).values(row).on_conflict_do_nothing())
            await _due(connection, contest, now)
            return EntryResult.ENTERED

        return await self.database.write(write)

    async def withdraw(self, contest_id: ContestId, job_id: JobId, now: datetime) -> bool:
        tables = entries, contest_votes
        gone = [delete(table).where(table.c.contest == contest_id, table.c.job_id == job_id) for table in tables]

        async def write(connection: AsyncConnection) -> bool:
            contest = await locked(connection, contest_id)
            if contest is None or contest.next_change(now) is None:
                return False
            was_in, _ = [(await connection.execute(statement)).rowcount for statement in gone]
            await _due(connection, contest, now)
            return bool(was_in)

        return await self.database.write(write)

    async def vote(self, contest_id: ContestId, member_id: int, job_id: JobId, now: datetime) -> VoteResult:
        theirs = and_(contest_votes.c.contest == contest_id, contest_votes.c.member_id == member_id)
        row = {"contest": contest_id, "member_id": member_id, "job_id": job_id, "at": now}

        async def write(connection: AsyncConnection) -> VoteResult:
            contest = await locked(connection, contest_id)
            if contest is None or not contest.takes_votes(now):
                return VoteResult.CLOSED
            if await ballots.taken_back(connection, contest_votes, and_(theirs, contest_votes.c.job_id == job_id)):
                return VoteResult.TAKEN_BACK
            result = await _vote(connection, contest, member_id, job_id)
            if result is VoteResult.MOVED:
                await connection.execute(delete(contest_votes).where(theirs))
            if result in {VoteResult.COUNTS, VoteResult.MOVED}:
                await connection.execute(upserts.insert(connection, contest_votes).values(row))
            return result

        return await self.database.write(write)

    async def votes_of(self, contest_id: ContestId, member_id: int) -> frozenset[JobId]:
        return await self.database.read(lambda connection: _votes_of(connection, contest_id, member_id))

    async def set_times(self, contest_id: ContestId, times: ContestTimes, now: datetime) -> Contest | None:
        both = {"enter_until": times.enter_until, "vote_until": times.vote_until}
        goes_on = and_(_is_open, contests.c.vote_until > now)  # an ended contest is counted, and stays so
        return await self._changed(contest_id, goes_on, both | {"due_at": now})

    async def cancel(self, contest_id: ContestId, now: datetime) -> Contest | None:
        values = {"state": ContestState.CANCELLED, "ended_at": now, "due_at": now}
        about = [delete(table).where(table.c.contest == contest_id) for table in (entries, contest_votes)]
        return await self._changed(contest_id, _is_open, values, about)

    async def _changed(
        self, contest_id: ContestId, which: ColumnElement[bool], values: Mapping[str, Any], then: Sequence[Any] = ()
    ) -> Contest | None:
        changed = update(contests).where(contests.c.id == contest_id, which).values(values).returning(contests)

        async def write(connection: AsyncConnection) -> Contest | None:
            row = (await connection.execute(changed)).one_or_none()
            if row is None:
                return None
            for statement in then:
                await connection.execute(statement)
            return contest_of(row)

        return await self.database.write(write)

    async def standings(self, contest_id: ContestId) -> Sequence[ContestPlace]:
        mine = and_(entries.c.contest == contest_id, entries.c.place.is_not(None))
        query = select(entries, jobs).outerjoin(jobs, counts).where(mine)

        async def read(connection: AsyncConnection) -> list[ContestPlace]:
            rows = (await connection.execute(query.order_by(entries.c.place, entries.c.job_id))).all()
            return [_standing(row) for row in rows]

        return await self.database.read(read)

    async def touch(self, job_ids: Collection[JobId], now: datetime) -> None:
        await self.database.write(lambda connection: touch(connection, entries.c.job_id.in_(sorted(job_ids)), now))


async def touch(connection: AsyncConnection, which: ColumnElement[bool], now: datetime) -> None:
    """Every contest with such entries becomes due, because its card may have to be redrawn."""
    has_one = exists().where(entries.c.contest == contests.c.id, which)
    later = or_(contests.c.due_at.is_(None), contests.c.due_at > now)
    await connection.execute(update(contests).where(has_one, later).values(due_at=now))


async def _no_entry(connection: AsyncConnection, contest: Contest, job: Job) -> EntryResult | None:
    """Why it cannot be submitted; None if it can."""
    its_files = (*can_be_watched, jobs.c.expired_at.is_(None))
    is_kept = select(jobs.c.id).where(jobs.c.id == job.id, jobs.c.owner_id == job.owner_id, *its_files)
    if (await connection.execute(is_kept)).one_or_none() is None:
        return EntryResult.NOT_KEPT
    known = select(entries.c.job_id).where(entries.c.contest == contest.id, entries.c.job_id == job.id)
    if (await connection.execute(known)).one_or_none() is not None:
        return EntryResult.IN_ALREADY
    if await number_in(connection, contest.id, job.owner_id) >= contest.rules.entries_each:
        return EntryResult.OWN_LIMIT
    if await number_in(connection, contest.id) >= contest.rules.most_entries:
        return EntryResult.FULL
    return None


async def _vote(connection: AsyncConnection, contest: Contest, member_id: int, job_id: JobId) -> VoteResult:
    """The result of a new vote."""
    about = and_(entries.c.contest == contest.id, entries.c.job_id == job_id)
    owner = select(entries.c.member_id).join(jobs, counts).where(about)
    found = (await connection.execute(owner)).scalar_one_or_none()
    if found is None:
        return VoteResult.GONE
    if found == member_id:
        return VoteResult.OWN
    if len(await _votes_of(connection, contest.id, member_id)) < contest.rules.votes_each:
        return VoteResult.COUNTS
    return VoteResult.MOVED if contest.rules.votes_each == 1 else VoteResult.USED_UP


async def _votes_of(connection: AsyncConnection, contest_id: ContestId, member_id: int) -> frozenset[JobId]:
    """Only for entries that count: votes for others can be cast again."""
    same = and_(entries.c.contest == contest_votes.c.contest, entries.c.job_id == contest_votes.c.job_id)
    mine = and_(contest_votes.c.contest == contest_id, contest_votes.c.member_id == member_id)
    query = select(contest_votes.c.job_id).join(entries, same).join(jobs, counts).where(mine)
    return frozenset(JobId(job_id) for job_id in (await connection.execute(query)).scalars())


async def _due(connection: AsyncConnection, contest: Contest, now: datetime) -> None:
    """Its card is redrawn, but not too soon after the last time."""
    at = now if contest.shown_at is None else max(now, contest.shown_at + GAP)
    later = or_(contests.c.due_at.is_(None), contests.c.due_at > at)
    await connection.execute(update(contests).where(contests.c.id == contest.id, later).values(due_at=at))


def _standing(row: Row[*tuple[Any, ...]]) -> ContestPlace:
    return ContestPlace(
        job_id=JobId(row.job_id),
        member_id=row.member_id,
        place=row.place,
        votes=row.votes or 0,
        job=None if row.id is None else job_of(row),
    )
