"""Whether the ledger adds up: compares the ledger, the counters and the jobs."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import Row, Select, Subquery, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import JobId
from bot.domain.messages import Message, Money, Term, VideoId, msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Trait, names_with
from storage.db.database import Database
from storage.db.totals import total
from storage.money.helper_table import helper_calls
from storage.reports.agreement import servers_with_wrong_sums
from storage.tables import budget, is_of_call, jobs, ledger

PLACE = ("guild_id", "owner_id", "period")  # where a job's money counts
MONTH_LENGTH = len("2026-11")
# Nothing is reserved for these any more.
OVER = names_with(Trait.AT_REST, without=Trait.HOLDS_MONEY)


async def audit(database: Database) -> list[Message]:
    """What does not add up between ledger, budgets and jobs, one sentence each; empty if all is well.

    It reads the whole ledger and the kept totals, for a person who asks. Raises CannotStart if it can't.
    """
    return [*await _audit_ledger(database), *await database.read_at_start(_wrong_sums)]


async def audit_mended(database: Database, guild_ids: Collection[int]) -> list[Message]:
    """Like `audit`, but kept totals only of these servers: all others were just read, and found correct."""
    complaints = await _audit_ledger(database)
    for guild_id in guild_ids:
        complaints += await database.read_at_start(partial(_wrong_sums, guild_id=guild_id))
    return complaints


async def _audit_ledger(database: Database) -> list[Message]:
    """One read per comparison: rows are kept from being cleaned up meanwhile only as long as one takes."""
    return [
        complaint
        for compare in (_wrong_counters, _wrong_jobs, _wrong_calls, _forgotten)
        for complaint in await database.read_at_start(compare)
    ]


async def _wrong_counters(connection: AsyncConnection) -> list[Message]:
    key = (ledger.c.guild_id, ledger.c.period)
    sums = select(*key, total(ledger.c.reserved), total(ledger.c.spent)).group_by(*key)
    counters = select(budget.c.guild_id, budget.c.period, budget.c.reserved, budget.c.spent)
    said, counted = await _by_month(connection, sums), await _by_month(connection, counters)
    return [
        msg(
            "Server {server}, {month}: the ledger says {said}, the counters say {counted}.",
            server=Term(str(guild_id)),
            month=Term(month),
            said=said.get((guild_id, month), NOTHING),
            counted=counted.get((guild_id, month), NOTHING),
        )
        for guild_id, month in sorted({*said, *counted})
        if said.get((guild_id, month), NOTHING) != counted.get((guild_id, month), NOTHING)
    ]


async def _by_month(connection: AsyncConnection, sums: Select[int, str, int, int]) -> dict[tuple[int, str], Message]:
    rows = await connection.execute(sums)
    return {(row[0], row[1]): _words(row[2], row[3]) for row in rows}


def _words(reserved: int, spent: int) -> Message:
    return msg("{reserved} on hold and {spent} spent", reserved=Money(Usd(reserved)), spent=Money(Usd(spent)))


NOTHING = _words(0, 0)


async def _wrong_jobs(connection: AsyncConnection) -> list[Message]:
    """What is said about one video.

    Limits of members, pools and grants are sums over videos, so these cover them too.
    """
    entries = _entries()
    promised, spent = func.coalesce(entries.c.reserved, 0), func.coalesce(entries.c.spent, 0)
    reserved, cost = func.coalesce(jobs.c.reserved, 0), func.coalesce(jobs.c.cost, 0)
    elsewhere = or_(
        *(entries.c[f"{end}_{name}"] != jobs.c[name] for name in PLACE for end in ("least", "most")),
        func.substr(jobs.c.day, 1, MONTH_LENGTH) != jobs.c.period,
        and_(jobs.c.pool.is_not(None), jobs.c.grant_id.is_not(None)),
    )
    wrong = (
        select(
            jobs.c.id,
            promised.label("promised"),
            spent.label("paid"),
            reserved.label("held"),
            cost.label("price"),
            elsewhere.label("elsewhere"),
        )
        .outerjoin(entries, entries.c.job_id == jobs.c.id)
        .where(or_(promised != reserved, spent != cost, elsewhere))
        .order_by(jobs.c.id)
    )
    return [_wrong(row) for row in await connection.execute(wrong)]


def _entries() -> Subquery:
    """What the ledger says about each job: the totals, and whose month they are in."""
    sums = (total(ledger.c.reserved).label("reserved"), total(ledger.c.spent).label("spent"))
    places = (
        end(ledger.c[name]).label(f"{label}_{name}")
        for name in PLACE
        for end, label in ((func.min, "least"), (func.max, "most"))
    )
    return select(ledger.c.job_id, *sums, *places).group_by(ledger.c.job_id).subquery()


def _wrong(row: Row[*tuple[Any, ...]]) -> Message:
    video = VideoId(JobId(row.id))
    if row.elsewhere:
        return msg("Video {video} counts in another place than the ledger says.", video=video)
    return msg(
        "Video {video}: the ledger says {said}, the video says {counted}.",
        video=video,
        said=_words(row.promised, row.paid),
        counted=_words(row.held, row.price),
    )


async def _wrong_calls(connection: AsyncConnection) -> list[Message]:
    """Likewise of calls of the prompt helper."""
    sums = (total(ledger.c.reserved).label("reserved"), total(ledger.c.spent).label("spent"))
    by_call = select(ledger.c.call_id, *sums).where(is_of_call).group_by(ledger.c.call_id).subquery()
    promised, spent = func.coalesce(by_call.c.reserved, 0), func.coalesce(by_call.c.spent, 0)
    held, cost = func.coalesce(helper_calls.c.reserved, 0), func.coalesce(helper_calls.c.cost, 0)
    wrong = (
        select(helper_calls.c.id, promised, spent, held, cost)
        .outerjoin(by_call, by_call.c.call_id == helper_calls.c.id)
        .where(or_(promised != held, spent != cost))
        .order_by(helper_calls.c.id)
    )
    return [
        msg(
            "Call {call} of the prompt helper: the ledger says {said}, the call says {counted}.",
            call=Term(call_id),
            said=_words(said, paid),
            counted=_words(kept, price),
        )
        for call_id, said, paid, kept, price in await connection.execute(wrong)
    ]


async def _forgotten(connection: AsyncConnection) -> list[Message]:
    kept = select(jobs.c.id, jobs.c.reserved).where(jobs.c.reserved.is_not(None), jobs.c.state.in_(OVER))
    return [
        msg(
            "Video {video} is over, but {reserved} is still on hold for it.",
            video=VideoId(JobId(job_id)),
            reserved=Money(Usd(reserved)),
        )
        for job_id, reserved in await connection.execute(kept.order_by(jobs.c.id))
    ]


async def _wrong_sums(connection: AsyncConnection, guild_id: int | None = None) -> list[Message]:
    """Of all servers, or of one."""
    return [
        msg("Server {server}: the sums of /costs do not agree with its videos.", server=Term(str(wrong)))
        for wrong in await servers_with_wrong_sums(connection, guild_id)
    ]
