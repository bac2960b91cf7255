"""An order without its person. Its cost, and all totals based on that, stay as they were.

Its row, its ledger lines and the totals of /costs change together, so that they agree at any moment. What it used of
its member's limits still counts until the month is over.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.accounts import is_own
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.phases import Cancelled, Failed, Phase, Trait, Undelivered, names_with
from storage.guilds import calendar_of
from storage.jobs.mapping import JobRow, columns_of
from storage.keys import funds
from storage.own_data.carrying import carry_use
from storage.own_data.members_rows import remove_rows_about
from storage.own_data.stored import lines_of
from storage.reports import sums
from storage.reports.tables import member_sums, video_sums
from storage.studio.search import index as search_index
from storage.tables import CARD, CARD_GONE, jobs, ledger, messages, spelled_out

ERASABLE_STATES = names_with(Trait.AT_REST, without=Trait.HOLDS_MONEY)
is_erasable = and_(spelled_out(jobs.c.state, ERASABLE_STATES), jobs.c.reserved.is_(None))
NO_WORDS = msg("Its owner erased their data.")  # a service's words may quote a prompt


async def take_person_out(connection: AsyncConnection, job: Job, now: datetime, *, is_shown: bool) -> int | None:
    """How many ledger lines it had. None if it is no longer at rest, or not its owner's.

    `is_shown`: a message that shows it could not be removed.
    """
    wanted = and_(jobs.c.id == job.id, jobs.c.owner_id == job.owner_id, is_erasable)
    row = (await connection.execute(select(jobs).where(wanted).with_for_update())).one_or_none()
    if row is None:
        return None
    await _carry_use(connection, row, now)
    await _move_sums(connection, row, job)
    lines = 0
    for kind in lines_of([job.id]):
        lines += (await connection.execute(update(ledger).where(kind).values(owner_id=ERASED_MEMBER))).rowcount
    nobodys = await funds.take_person_out(connection, row)
    await connection.execute(update(jobs).where(jobs.c.id == job.id).values({**_without_person(job), **nobodys}))
    await search_index.drop(connection, job.id)
    await _forget_places(connection, job, is_shown=is_shown)
    await remove_rows_about(connection, job.id)
    return lines


def _without_person(job: Job) -> dict[str, Any]:
    mine = job.cancel_asked_by == job.owner_id
    approved_by = None if job.approval is None else job.approval.by
    return {
        **columns_of(_impersonal(job.phase, job.owner_id)),
        "owner_id": ERASED_MEMBER,
        "prompt": "",
        "picture": None,
        "options": None,
        "interaction_id": None,
        "replaced": None,
        "cancel_asked_by": None if mine else job.cancel_asked_by,
        "approved_by": ERASED_MEMBER if approved_by == job.owner_id else approved_by,
        "channel_id": 0 if job.private else job.channel_id,  # a direct message's tells whose it is
        "deleted": True,
    }


def _impersonal(phase: Phase, owner_id: int) -> Phase:
    match phase:
        case Failed() | Undelivered():
            return replace(phase, reason=NO_WORDS)
        case Cancelled(by=by, reason=reason):
            by = ERASED_MEMBER if by == owner_id else by
            return replace(phase, by=by, reason=None if reason is None else NO_WORDS)
        case _:
            return phase


async def _carry_use(connection: AsyncConnection, row: JobRow, now: datetime) -> None:
    """What counts towards members' limits in the current month; a grant counts separately."""
    if is_own(row.provider) or not row.cost or row.grant_id is not None:
        return  # the limit of a key goes with it
    await carry_use(
        connection, row.guild_id, row.owner_id, period=row.period, day=row.day or "", used=row.cost, now=now
    )


async def _move_sums(connection: AsyncConnection, row: JobRow, job: Job) -> None:
    """From the member to nobody. Totals that are all 0 would still name them, so they are removed."""
    counted = sums.counted(row, row.state, sums.cause_in(row.detail), row.cost, row.created_at)
    if counted is None:
        return
    if row.cost is not None:
        counted = replace(counted, at=await sums.settled_at(connection, job))
    moved, zone = sums.DaySums(), (await calendar_of(connection, row.guild_id)).zone
    moved.add(counted, -1, zone)
    moved.add(replace(counted, owner_id=ERASED_MEMBER), 1, zone)
    await sums.write(connection, moved)
    for table in (video_sums, member_sums):
        empty = [table.c[name] == 0 for name in sums.VALUES[table]]
        theirs = (table.c.guild_id == row.guild_id, table.c.owner_id == row.owner_id)
        days = table.c.bucket.in_(moved.buckets)
        await connection.execute(delete(table).where(*theirs, days, *empty))


async def _forget_places(connection: AsyncConnection, job: Job, *, is_shown: bool) -> None:
    """Where it was shown. A card that could not be removed yet stays known until it is, and none is looked for."""
    of_job = messages.c.job_id == job.id
    nowhere = [messages.c.message_id == 0] if is_shown else []
    await connection.execute(delete(messages).where(of_job, messages.c.kind != CARD, *nowhere))
    gone = and_(of_job, messages.c.kind == CARD, messages.c.drawn == CARD_GONE)
    await connection.execute(update(messages).where(gone).values(channel_id=0, message_id=0))
