"""One member's data on all servers, read in parts, however much it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.access.own_data import LedgerLine, OwnFact, OwnRecords, Stored
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.db.json_types import DAMAGED
from storage.db.keyset import later
from storage.jobs.mapping import JobRow, bytes_in, jobs_of
from storage.keys.table import own_keys
from storage.own_data.helper import calls_as_facts, count_lines
from storage.own_data.members_rows import count_rows, rows_as_facts
from storage.own_data.moderation import reports_of
from storage.tables import CARD_GONE, is_correction, is_once, jobs, ledger, messages, records

PART = 500  # rows
NOT_THEIRS = {"rule", "decided_by"}  # of a refused order: a list that is revealed can be read out by trying
FEW = (
    jobs.c.id,
    jobs.c.guild_id,
    jobs.c.created_at,
    jobs.c.detail,
    jobs.c.picture,
    jobs.c.options,
    jobs.c.deleted,
    jobs.c.expired_at,
)


@wired
class SqlOwnData:
    """The OwnDataStore."""

    database: Database
    clock: Clock
    about: OwnRecords

    async def stored(self, member_id: int) -> Stored:
        found, servers, last = Stored(), set[int](), None
        while rows := await self._part(member_id, last):
            found = await self._with_rows([row.id for row in rows], found)
            found, last = _with_jobs(found, rows), rows[-1]
            servers |= {row.guild_id for row in rows}
        facts, drafts = await self.database.read(lambda connection: facts_of(connection, self.about, member_id))
        keys, (kept, lines) = await self._keys(member_id), await self._rows(member_id)
        found = replace(found, servers=len(servers), cost_rows=found.cost_rows + lines)
        return replace(found, facts=len(facts) + kept, drafts=len(drafts), keys=keys)

    async def _rows(self, member_id: int) -> tuple[int, int]:
        """Of their own, and lines of the books about no job."""

        async def read(connection: AsyncConnection) -> tuple[int, int]:
            return await count_rows(connection, member_id), await count_lines(connection, member_id)

        return await self.database.read(read)

    async def _keys(self, member_id: int) -> tuple[str, ...]:
        theirs = select(own_keys.c.ending).where(own_keys.c.member_id == member_id).order_by(own_keys.c.account)

        async def read(connection: AsyncConnection) -> tuple[str, ...]:
            return tuple((await connection.execute(theirs)).scalars())

        return await self.database.read(read)

    async def _part(self, member_id: int, last: JobRow | None) -> Sequence[JobRow]:
        part = select(*FEW).where(jobs.c.owner_id == member_id, *([] if last is None else [_beyond(last)]))

        async def read(connection: AsyncConnection) -> Sequence[JobRow]:
            return (await connection.execute(part.order_by(jobs.c.created_at, jobs.c.id).limit(PART))).all()

        return await self.database.read(read)

    async def _with_rows(self, job_ids: Sequence[str], found: Stored) -> Stored:
        """With the messages and the lines of the books of some jobs."""
        shown = and_(messages.c.job_id.in_(job_ids), messages.c.message_id != 0)
        there = select(func.count()).where(shown, messages.c.drawn.is_distinct_from(CARD_GONE))
        counts = [there, *(select(func.count()).select_from(ledger).where(kind) for kind in lines_of(job_ids))]

        async def read(connection: AsyncConnection) -> list[int]:
            return [(await connection.execute(count)).scalar_one() for count in counts]

        posted, *lines = await self.database.read(read)
        return replace(found, messages=found.messages + posted, cost_rows=found.cost_rows + sum(lines))

    async def jobs(self, member_id: int, after: Job | None, most: int) -> Sequence[Job]:
        part = select(jobs).where(jobs.c.owner_id == member_id, *([] if after is None else [_beyond(after)]))

        async def read(connection: AsyncConnection) -> list[Job]:
            return jobs_of(await connection.execute(part.order_by(jobs.c.created_at, jobs.c.id).limit(most)))

        return await self.database.read(read)

    async def facts(self, member_id: int) -> Sequence[OwnFact]:
        async def read(connection: AsyncConnection) -> list[OwnFact]:
            facts, drafts = await facts_of(connection, self.about, member_id)
            key = tuple_(records.c.namespace, records.c.key)
            theirs = select(records).where(key.in_([*facts, *drafts])).order_by(records.c.namespace, records.c.key)
            rows = await connection.execute(theirs)
            refused = {record.namespace for record in self.about.refusals}
            remembered = [
                OwnFact(kind=row.namespace, value=_own_part(row.value) if row.namespace in refused else row.value)
                for row in rows
                if row.value is not DAMAGED
            ]
            reports = await reports_of(connection, self.about.cases, member_id)
            own = [*await rows_as_facts(connection, member_id), *await calls_as_facts(connection, member_id)]
            return [*remembered, *reports, *own]

        return await self.database.read(read)

    async def ledger(self, job_ids: Collection[JobId]) -> Sequence[LedgerLine]:
        async def read(connection: AsyncConnection) -> list[LedgerLine]:
            rows = [
                row
                for kind in lines_of(job_ids)
                for row in await connection.execute(select(ledger).where(kind).order_by(ledger.c.id))
            ]
            return [
                LedgerLine(job_id=JobId(r.job_id), at=r.at, kind=r.kind, reserved=r.reserved, spent=r.spent)
                for r in sorted(rows, key=lambda row: row.id)
            ]

        return await self.database.read(read)


def lines_of(job_ids: Iterable[str]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """What picks the lines of the books of some jobs, by an index each: what happens once, and corrections."""
    wanted = ledger.c.job_id.in_(sorted(job_ids))
    return and_(wanted, is_once), and_(wanted, is_correction)


async def facts_of(
    connection: AsyncConnection, about: OwnRecords, member_id: int
) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """The small facts about a member, and their drafts: namespaces and keys."""
    names = sorted({record.namespace for record in about.by_member})
    key = (records.c.namespace, records.c.key)
    theirs = select(*key).where(records.c.namespace.in_(names), records.c.key == str(member_id))
    texts = sorted({record.namespace for record in (about.drafts, *about.refusals)})
    drafts = select(*key, records.c.value).where(records.c.namespace.in_(texts))
    facts = [(row.namespace, row.key) for row in await connection.execute(theirs)]
    return facts, [(r.namespace, r.key) for r in await connection.execute(drafts) if _is_whose(r.value) == member_id]


def _own_part(refused: Any) -> Any:
    """Of a refused order: without the word or pattern, and without who decided about it."""
    if not isinstance(refused, dict):
        return refused
    return {name: value for name, value in refused.items() if name not in NOT_THEIRS}


def _is_whose(value: Any) -> int | None:
    return value.get("member_id") if isinstance(value, dict) else None


def _with_jobs(found: Stored, rows: Sequence[JobRow]) -> Stored:
    kept = [row for row in rows if not row.deleted]
    there = [row for row in kept if row.expired_at is None]
    sizes = [size for row in there if (size := bytes_in(row.detail)) is not None]
    return replace(
        found,
        orders=found.orders + len(rows),
        videos=found.videos + len(sizes),
        bytes=found.bytes + sum(sizes),
        pictures=found.pictures + sum(_pictures(row) for row in kept),
    )


def _pictures(row: JobRow) -> int:
    """How many came with it."""
    options: Mapping[str, Any] = row.options if isinstance(row.options, dict) else {}
    return (row.picture is not None) + ("end" in options) + len(options.get("references") or ())


def _beyond(last: Job | JobRow) -> ColumnElement[bool]:
    return later(jobs.c.created_at, jobs.c.id, last.created_at, last.id)
