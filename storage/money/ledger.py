"""The money of a server's month: reserved, settled, released, and explained by a ledger from which nothing is ever
removed.

Each entry says by how much it moved the two counters of its month (`budget`), so the counters are the sums of the
entries. A job's money belongs to the month in which it was reserved, whenever it is settled. A month is that of the
time zone of `at`. What an own key pays counts in a separate period; see storage.keys.funds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.accounts import is_own
from bot.domain.errors import OverBudget
from bot.domain.job import Job, total_of
from bot.domain.messages import Message, Moment, MomentStyle, Money, msg_n
from bot.domain.money.costs import EntryKind, MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Trait
from storage.db import upserts
from storage.db.time_types import month_of
from storage.jobs.mapping import JobRow
from storage.tables import budget, ledger

NOTHING: ColumnElement[int] = literal(0)


@value_object
class Subject:
    """What an entry is about: a job, or a call of the prompt helper."""

    guild_id: int
    owner_id: int
    job_id: str | None = None
    call_id: str | None = None
    account: str | None = None  # of the own key that pays

    @classmethod
    def of(cls, job: Job) -> Subject:
        account = job.account if is_own(job.account) else None
        return cls(guild_id=job.guild_id, owner_id=job.owner_id, job_id=job.id, account=account)


@value_object
class Entry:
    """One line of the ledger: by how much reserved and spent money changed."""

    kind: EntryKind
    reserved: Usd = FREE
    spent: Usd = FREE

    @property
    def ends_reservation(self) -> bool:
        return self.kind in {EntryKind.SETTLE, EntryKind.RELEASE}


def entry_for(before: JobRow, job: Job) -> Entry | None:
    """What a job's change means for its money, given its previous row."""
    promised = Usd(before.reserved or 0)
    if job.cost is not None and before.cost is None:
        return Entry(kind=EntryKind.SETTLE, reserved=-promised, spent=job.cost)
    if job.cost is not None and job.cost.micros != before.cost:
        return Entry(kind=EntryKind.ADJUST, spent=job.cost - Usd(before.cost))
    if before.reserved is not None and job.is_at_rest and Trait.HOLDS_MONEY not in job.phase.traits:
        return Entry(kind=EntryKind.RELEASE, reserved=-promised)
    return None


async def reserve(
    connection: AsyncConnection, ordered: Sequence[Job], cap: Usd, at: datetime, asking: ColumnElement[int] = NOTHING
) -> int:
    """Reserve the quotes of a server's stored jobs in its month, all of them or none; `asking` as in `promise`.

    Raises OverBudget; the caller's transaction ends.
    """
    answer = await promise(connection, ordered, month_of(at), cap, at=at, asking=asking)
    if answer is None:
        price = total_of(ordered)
        raise OverBudget(await _refusal(connection, ordered[0].guild_id, price, cap, at, videos=len(ordered)))
    return answer


async def promise(
    connection: AsyncConnection,
    ordered: Sequence[Job],
    period: str,
    cap: Usd,
    *,
    at: datetime,
    asking: ColumnElement[int] = NOTHING,
) -> int | None:
    """Count the quotes of jobs in a period as reserved. None, with nothing written, if that exceeds the cap.

    Otherwise the answer to `asking`, queried together with the last entry: a simultaneous order in the same period has
    had to wait for its counter.
    """
    if not await take(connection, ordered[0].guild_id, period, total_of(ordered), cap):
        return None
    answer = 0
    for job in ordered:
        entry = Entry(kind=EntryKind.RESERVE, reserved=job.quote)
        answer = await write(connection, Subject.of(job), period, entry, at, asking=asking)
    return answer


async def take(connection: AsyncConnection, guild_id: int, period: str, price: Usd, cap: Usd) -> bool:
    """Count an amount in a period as reserved; the caller writes its entries. False: it exceeds the cap."""
    if price > FREE and cap < price:
        return False
    fits = budget.c.spent + budget.c.reserved + price.micros <= cap.micros
    # One conditional statement: with a total read beforehand, simultaneous orders could all pass.
    first = upserts.insert(connection, budget).values(guild_id=guild_id, period=period, reserved=price.micros, spent=0)
    taken = first.on_conflict_do_update(
        index_elements=[budget.c.guild_id, budget.c.period],
        set_={"reserved": budget.c.reserved + price.micros},
        where=None if price == FREE else fits,
    )
    return (await connection.execute(taken.returning(budget.c.guild_id))).one_or_none() is not None


async def check(
    connection: AsyncConnection, guild_id: int, price: Usd, cap: Usd, at: datetime, *, videos: int = 1
) -> None:
    """Raise OverBudget if `reserve` would for this price of so many videos. Nothing is reserved."""
    if price != FREE and price > await budget_left(connection, guild_id, cap, at):
        raise OverBudget(await _refusal(connection, guild_id, price, cap, at, videos=videos))


async def post(connection: AsyncConnection, subject: Subject, month: str, entry: Entry, at: datetime) -> None:
    """Write a change of money, and count it in its month."""
    await connection.execute(
        update(budget)
        .where(_is_month(subject.guild_id, month))
        .values(reserved=budget.c.reserved + entry.reserved.micros, spent=budget.c.spent + entry.spent.micros)
    )
    await write(connection, subject, month, entry, at)


async def write(
    connection: AsyncConnection,
    subject: Subject,
    month: str,
    entry: Entry,
    at: datetime,
    *,
    asking: ColumnElement[int] = NOTHING,
) -> int:
    """Only this; the counter of its month has moved already.

    Returns the answer to what is queried in the same statement.
    """
    row = {
        "job_id": subject.job_id,
        "call_id": subject.call_id,
        "guild_id": subject.guild_id,
        "owner_id": subject.owner_id,
        "period": month,
        "at": at,
        "kind": entry.kind.value,
        "reserved": entry.reserved.micros,
        "spent": entry.spent.micros,
        "account": subject.account,
    }
    return (await connection.execute(insert(ledger).returning(asking), row)).scalar_one()


async def _refusal(
    connection: AsyncConnection, guild_id: int, price: Usd, cap: Usd, at: datetime, *, videos: int
) -> Message:
    left = await budget_left(connection, guild_id, cap, at)
    return msg_n(
        "This video costs {price}, but this server has only {left} of its {cap} budget for {month} left. "
        "You weren't charged. A server manager can raise the budget with `/settings budget`.",
        "These {count} videos cost {price}, but this server has only {left} of its {cap} budget for {month} left. "
        "You weren't charged. A server manager can raise the budget with `/settings budget`.",
        videos,
        price=Money(price),
        left=Money(left),
        cap=Money(cap),
        month=Moment(at, MomentStyle.MONTH),
    )


async def budget_left(connection: AsyncConnection, guild_id: int, cap: Usd, at: datetime) -> Usd:
    """What a server may still reserve this month; never negative."""
    return max(FREE, cap - (await month_spending(connection, guild_id, cap, at)).used)


async def month_spending(connection: AsyncConnection, guild_id: int, cap: Usd, at: datetime) -> MonthSpending:
    return await spending(connection, guild_id, month_of(at), cap)


async def spending(connection: AsyncConnection, guild_id: int, period: str, cap: Usd) -> MonthSpending:
    """The state of one counter: a server's month, or that of an own key in it."""
    counted = select(budget.c.spent, budget.c.reserved).where(_is_month(guild_id, period))
    row = (await connection.execute(counted)).one_or_none()
    spent, reserved = (Usd(row.spent), Usd(row.reserved)) if row is not None else (FREE, FREE)
    return MonthSpending(budget=cap, spent=spent, reserved=reserved, month=period.partition(" ")[0])


def _is_month(guild_id: int, month: str) -> ColumnElement[bool]:
    return and_(budget.c.guild_id == guild_id, budget.c.period == month)
