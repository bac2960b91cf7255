"""The numbers behind /costs: the kept totals, and the charges that are listed one by one."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object, wired
from bot.domain.ids import JobId
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import (
    CANCELLED,
    MADE,
    UNDECIDED,
    Charge,
    CostQuestion,
    Costs,
    ExportedCharge,
    Grouping,
    Spend,
)
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Failed, NeedsReview, Trait, name_of, names_with
from bot.domain.video import Mode
from storage.db.keyset import later
from storage.db.totals import total
from storage.reports import pending
from storage.reports.buckets import (
    is_long,
    month_of_bucket,
    named_spans,
    rows_in,
    rows_of_spans,
    spans,
    within,
    written,
)
from storage.reports.sums import EVERYBODY, cause_in
from storage.reports.tables import member_sums, video_sums
from storage.tables import is_settled, jobs, ledger

LATEST = 10  # charges listed one by one
MOST_ROWS = 25  # lines by member
IN_REVIEW = name_of(NeedsReview)
MADE_NO_VIDEO = [*(name_of(kind) for kind in (Failed, Cancelled)), IN_REVIEW]  # some are charged all the same
IS_CHARGE = or_(jobs.c.state.not_in(MADE_NO_VIDEO), jobs.c.cost != 0)  # not a failure that cost nothing
OF_MEMBERS = (member_sums.c.owner_id, member_sums.c.videos, member_sums.c.spent)
SUMMED = ("jobs", "charged", "spent", "quoted", "on_own_keys")
TOLD_APART = {Grouping.MODEL: ("model",), Grouping.MODE: ("mode",)}
HOLD_MONEY = names_with(Trait.HOLDS_MONEY)


@value_object
class Sums:
    """What a group of jobs adds up to."""

    outcome: str
    model: str = ""  # of them together, unless grouped by it
    mode: str = ""  # likewise
    jobs: int
    charged: int
    spent: int
    quoted: int
    on_own_keys: int

    @property
    def is_made(self) -> bool:
        return self.outcome == MADE


@wired
class SpendingQuery:
    """One query, within one transaction. Budget figures are added by others."""

    connection: AsyncConnection
    question: CostQuestion
    calendar: Calendar

    async def costs(self) -> Costs:
        kinds = await self._kinds()
        rows, more = await self._rows(kinds)
        reserved, on_hold = await self._reserved()
        made = [kind for kind in kinds if kind.is_made]
        failed = [kind for kind in kinds if kind.outcome not in {MADE, UNDECIDED}]
        return Costs(
            spent=Usd(sum(kind.spent for kind in kinds)),
            reserved=reserved,
            on_hold=on_hold,
            videos=sum(kind.jobs for kind in made),
            on_videos=Usd(sum(kind.spent for kind in made)),
            on_own_keys=Usd(sum(kind.on_own_keys for kind in kinds)),
            wasted=Usd(sum(kind.spent for kind in failed)),
            failures=sum(kind.charged for kind in failed),
            quoted=Usd(sum(kind.quoted for kind in kinds)),
            rows=rows,
            more_rows=more,
            latest=await self._latest(),
            added_up=not await pending.is_any(self.connection, self.question.guild_id),
        )

    async def _kinds(self) -> list[Sums]:
        """By outcome, and by model or mode where that is asked for."""
        key = (*TOLD_APART.get(self.question.by, ()), "outcome")
        found = spans(self.question.days)
        owners = [EVERYBODY] if self.question.owners is None else sorted(self.question.owners)
        named = {"guild": self.question.guild_id, "owners": owners, **named_spans(found)}
        rows = await self.connection.execute(_kinds_in(key, len(found)), named)
        return [Sums(**dict(zip((*key, *SUMMED), row, strict=True))) for row in rows]

    async def _rows(self, kinds: Sequence[Sums]) -> tuple[tuple[Spend, ...], int]:
        """The lines that were requested, and how many more there are."""
        match self.question.by:
            case Grouping.MODEL:
                return _dearest_first((kind.model, kind) for kind in kinds), 0
            case Grouping.MODE:
                return _dearest_first((kind.mode, kind) for kind in kinds), 0
            case Grouping.MEMBER:
                return await self._by_member()
            case Grouping.DAY:
                return await self._by_day(), 0

    async def _by_member(self) -> tuple[tuple[Spend, ...], int]:
        part = rows_in(member_sums, self.question.days, self._member_sums(*OF_MEMBERS)).subquery()
        videos, spent = total(part.c.videos), total(part.c.spent)
        rows = await self.connection.execute(
            select(part.c.owner_id, videos, spent, func.count().over())
            .group_by(part.c.owner_id)
            .having(or_(videos > 0, spent != 0))
            .order_by(spent.desc(), part.c.owner_id)
            .limit(MOST_ROWS)
        )
        found = [(Spend(key=str(row[0]), videos=row[1], spent=Usd(row[2])), row[3]) for row in rows]
        return tuple(row for row, _ in found), max((count for _, count in found), default=0) - len(found)

    async def _by_day(self) -> tuple[Spend, ...]:
        """Earliest first; by month if there are many days."""
        if self.question.owners is None:
            made = case((video_sums.c.outcome == MADE, video_sums.c.jobs), else_=0).label("videos")
            table, query = video_sums, self._video_sums(video_sums.c.bucket, made, video_sums.c.spent)
        else:  # of each member one row a day
            sums = (member_sums.c.bucket, member_sums.c.videos, member_sums.c.spent)
            table, query = member_sums, self._member_sums(*sums)
        part = rows_in(table, self.question.days, query, by_month=True).subquery()
        by_bucket = select(part.c.bucket, total(part.c.videos), total(part.c.spent)).group_by(part.c.bucket)
        long, found = is_long(self.question.days), dict[int, tuple[int, int]]()
        for bucket, videos, spent in await self.connection.execute(by_bucket):
            key = month_of_bucket(bucket) if long else bucket
            before = found.get(key, (0, 0))
            found[key] = before[0] + videos, before[1] + spent
        return tuple(
            Spend(key=written(bucket), videos=videos, spent=Usd(spent))
            for bucket, (videos, spent) in sorted(found.items())
        )

    def _video_sums(self, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        owners = [EVERYBODY] if self.question.owners is None else sorted(self.question.owners)
        mine = (video_sums.c.guild_id == self.question.guild_id, video_sums.c.owner_id.in_(owners))
        return select(*columns).where(*mine)

    def _member_sums(self, *columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
        owners = self.question.owners
        theirs = [] if owners is None else [member_sums.c.owner_id.in_(sorted(owners))]
        return select(*columns).where(member_sums.c.guild_id == self.question.guild_id, *theirs)

    async def spenders(self, most: int) -> list[int]:
        part = rows_in(member_sums, self.question.days, self._member_sums(*OF_MEMBERS)).subquery()
        spent = total(part.c.spent)
        found = select(part.c.owner_id).group_by(part.c.owner_id).order_by(spent.desc(), part.c.owner_id).limit(most)
        return list((await self.connection.execute(found)).scalars())

    async def _reserved(self) -> tuple[Usd, Usd]:
        """What is reserved, and how much of it for jobs that wait for a manager, whenever they were ordered."""
        owners = self.question.owners
        named = {"guild": self.question.guild_id, "owners": sorted(owners or ())}
        promised, on_hold = (await self.connection.execute(RESERVED if owners is None else RESERVED_OF, named)).one()
        return Usd(promised), Usd(on_hold)

    async def _latest(self) -> tuple[Charge, ...]:
        """For several members none are listed: finding the latest of a few among many would take long."""
        owners = self.question.owners
        if owners is not None and len(owners) != 1:
            return ()
        rows = await self.connection.execute(
            select(ledger.c.at, jobs)
            .join_from(ledger, jobs)
            .where(*self._settled(), IS_CHARGE)
            .order_by(ledger.c.at.desc(), ledger.c.id.desc())
            .limit(LATEST)
        )
        return tuple(
            Charge(
                job_id=JobId(row.id),
                prompt=row.prompt,
                model=row.model,
                mode=Mode.of(row.source, row.aim),
                owner_id=row.owner_id,
                channel_id=row.channel_id,
                spent=Usd(row.cost),
                at=row.at,
                made_video=row.state not in MADE_NO_VIDEO,
                needs_manager=row.state == IN_REVIEW,
                is_double=row.doubles is not None,
                ordered_at=row.created_at,
                private=row.private,
            )
            for row in rows
        )

    def _settled(self) -> list[ColumnElement[bool]]:
        owners = self.question.owners
        theirs = [] if owners is None else [ledger.c.owner_id.in_(sorted(owners))]
        days = within(ledger.c.at, self.question.days, self.calendar)
        return [ledger.c.guild_id == self.question.guild_id, *theirs, is_settled, *days]

    async def charges(self, after: ExportedCharge | None, most: int) -> list[ExportedCharge]:
        """Oldest first."""
        beyond = [] if after is None else [later(ledger.c.at, ledger.c.id, after.at, after.entry)]
        rows = await self.connection.execute(
            select(ledger.c.at, ledger.c.id.label("entry"), jobs)
            .join_from(ledger, jobs)
            .where(*self._settled(), IS_CHARGE, *beyond)
            .order_by(ledger.c.at, ledger.c.id)
            .limit(most)
        )
        return [
            ExportedCharge(
                entry=row.entry,
                job_id=JobId(row.id),
                owner_id=row.owner_id,
                model=row.model,
                mode=Mode.of(row.source, row.aim),
                seconds=row.seconds,
                size=row.size,
                outcome=_outcome(row.state, row.detail),
                quoted=Usd(row.quote),
                spent=Usd(row.cost or 0),
                at=row.at,
                account=row.provider,
            )
            for row in rows
        ]


@functools.cache
def _kinds_in(key: tuple[str, ...], many: int) -> Select[*tuple[Any, ...]]:
    """Sums of so many spans, built once for each number. Each span by itself first: so less is sorted."""
    columns = [video_sums.c[name] for name in key]
    values = [total(video_sums.c[name]).label(name) for name in SUMMED]
    theirs = video_sums.c.owner_id.in_(bindparam("owners", expanding=True))
    query = select(*columns, *values).where(video_sums.c.guild_id == bindparam("guild"), theirs).group_by(*columns)
    part = rows_of_spans(video_sums, many, query).subquery()
    kind = [part.c[name] for name in key]
    return select(*kind, *(total(part.c[name]) for name in SUMMED)).group_by(*kind)


IS_HELD = jobs.c.state.in_(HOLD_MONEY)
RESERVED = select(total(jobs.c.reserved), total(case((IS_HELD, jobs.c.reserved), else_=0))).where(
    jobs.c.guild_id == bindparam("guild"), jobs.c.reserved.is_not(None)
)
# Few rows, by the index of what is reserved; `+ 0` keeps SQLite from reading everything they ever ordered.
RESERVED_OF = RESERVED.where((jobs.c.owner_id + 0).in_(bindparam("owners", expanding=True)))


def _outcome(state: str, detail: Any) -> str:
    if state not in MADE_NO_VIDEO:
        return MADE
    return UNDECIDED if state == IN_REVIEW else cause_in(detail) or CANCELLED


def _dearest_first(keyed: Iterable[tuple[str, Sums]]) -> tuple[Spend, ...]:
    found: dict[str, tuple[int, int]] = {}
    for key, sums in keyed:
        videos, spent = found.get(key, (0, 0))
        found[key] = videos + (sums.jobs if sums.is_made else 0), spent + sums.spent
    rows = [Spend(key=key, videos=videos, spent=Usd(spent)) for key, (videos, spent) in found.items()]
    said = [row for row in rows if row.videos or row.spent.micros]
    return tuple(sorted(said, key=lambda row: (-row.spent.micros, row.key)))
