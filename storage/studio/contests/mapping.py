"""Converts contests to rows and back, and decides which entries count."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.phases import Done, name_of
from bot.domain.studio.contests.contest import (
    Contest,
    ContestId,
    ContestRules,
    ContestState,
    ContestTimes,
    FinalCount,
    Noted,
)
from storage.studio.contests.tables import contests, entries
from storage.tables import jobs

can_be_watched = jobs.c.state == name_of(Done), jobs.c.deleted.is_(False), jobs.c.private.is_(False)
# An entry counts while its video can be watched and belongs to the member who submitted it.
counts = and_(jobs.c.id == entries.c.job_id, jobs.c.owner_id == entries.c.member_id, *can_be_watched)


def row_of(contest: Contest) -> dict[str, Any]:
    rules, times = contest.rules, contest.times
    return {
        "id": contest.id,
        "guild_id": contest.guild_id,
        "channel_id": contest.channel_id,
        "theme": contest.theme,
        "entries_each": rules.entries_each,
        "votes_each": rules.votes_each,
        "most_entries": rules.most_entries,
        "newer_only": rules.newer_only,
        "started_at": contest.started_at,
        "enter_until": times.enter_until,
        "vote_until": times.vote_until,
        "state": contest.state,
        "shown": contest.shown,
        "noted": contest.noted,
    }


def contest_of(row: Row[*tuple[Any, ...]]) -> Contest:
    return Contest(
        id=ContestId(row.id),
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        theme=row.theme,
        rules=ContestRules(
            entries_each=row.entries_each,
            votes_each=row.votes_each,
            most_entries=row.most_entries,
            newer_only=row.newer_only,
        ),
        times=ContestTimes(enter_until=row.enter_until, vote_until=row.vote_until),
        started_at=row.started_at,
        state=ContestState(row.state),
        ended_at=row.ended_at,
        counted=None if row.entries is None else FinalCount(entries=row.entries, winners=row.winners or 0),
        card_id=row.card_id,
        result_id=row.result_id,
        shown=row.shown,
        shown_at=row.shown_at,
        noted=Noted(row.noted),
    )


async def locked(connection: AsyncConnection, contest_id: ContestId) -> Contest | None:
    """Nobody submits, votes or ends it before the transaction does."""
    row = select(contests).where(contests.c.id == contest_id).with_for_update()
    found = (await connection.execute(row)).one_or_none()
    return None if found is None else contest_of(found)


async def number_in(connection: AsyncConnection, contest_id: ContestId, member_id: int | None = None) -> int:
    """How many entries count; if a member is given, of theirs."""
    mine = [] if member_id is None else [entries.c.member_id == member_id]
    query = select(func.count()).select_from(entries).join(jobs, counts)
    return (await connection.execute(query.where(entries.c.contest == contest_id, *mine))).scalar_one()
