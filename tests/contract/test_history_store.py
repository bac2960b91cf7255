"""Paging through a member's videos, and posting them again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from bot.domain.errors import NotFound
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import plain
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Done, NeedsReview, Phase, Undelivered
from bot.domain.studio.library import Reader, VideoFilter, VideoPage
from bot.domain.video import RemixMethod
from storage.messages import MessageRows
from storage.studio.library import LibraryQuery
from tests.contract.databases import (
    ANN,
    BEN,
    GUILD,
    NOON,
    World,
    a_job,
    a_video,
    a_world,
    claimed,
    done,
    failed,
    rendering,
    started,
)

KEPT = Undelivered(
    video=a_video(), remote_id="video_1", reason=plain("Its channel was deleted."), method=RemixMethod.EDIT
)


async def ended(world: World, phase: Phase) -> Job:
    """A job of Ann's that ended in a phase, and was paid."""
    job = await started(world.store, a_job())
    lease = await claimed(world.store)
    return (await world.store.move(lease, replace(lease.job.moved_to(phase), cost=job.quote))).job


async def leafed(
    world: World, cursor: Cursor | None = None, which: HistoryFilter = HistoryFilter.ALL, most: int = 5
) -> VideoPage:
    wanted = VideoFilter(owner_id=ANN, state=which)
    return await world.store.page(GUILD, wanted, Reader(member_id=ANN), cursor, most)


def ids(page: VideoPage) -> list[JobId]:
    return [job.id for job in page.jobs]


async def test_twelve_videos_are_leafed_through_there_and_back(world: World) -> None:
    newest_first = [(await world.store.add(a_job())).id for _ in range(12)][::-1]
    first = await leafed(world)
    assert (ids(first), first.newer, first.older) == (newest_first[:5], False, True)
    second = await leafed(world, Cursor(direction=Direction.OLDER, at=ids(first)[-1]))
    assert (ids(second), second.newer, second.older) == (newest_first[5:10], True, True)
    third = await leafed(world, Cursor(direction=Direction.OLDER, at=ids(second)[-1]))
    assert (ids(third), third.newer, third.older) == (newest_first[10:], True, False)
    back = await leafed(world, Cursor(direction=Direction.NEWER, at=ids(third)[0]))
    assert (ids(back), back.newer, back.older) == (newest_first[5:10], True, True)
    front = await leafed(world, Cursor(direction=Direction.NEWER, at=ids(back)[0]))
    assert (ids(front), front.newer, front.older) == (newest_first[:5], False, True)


async def test_videos_of_the_same_moment_are_each_shown_once(world: World) -> None:
    made = {(await world.store.add(a_job(created_at=NOON))).id for _ in range(7)}
    seen: list[JobId] = []
    page = await leafed(world, most=2)
    while page.jobs:
        seen += ids(page)
        page = await leafed(world, Cursor(direction=Direction.OLDER, at=seen[-1]), most=2)
    assert len(seen) == len(made)
    assert set(seen) == made


async def test_a_video_made_while_pages_are_turned_moves_none(world: World) -> None:
    newest_first = [(await world.store.add(a_job())).id for _ in range(6)][::-1]
    first = await leafed(world, most=3)
    await world.store.add(a_job())
    second = await leafed(world, Cursor(direction=Direction.OLDER, at=ids(first)[-1]), most=3)
    assert ids(second) == newest_first[3:]


async def test_what_was_ordered_last_stands_first_whatever_became_of_it_and_when(world: World) -> None:
    lost = await ended(world, failed())
    made = await ended(world, done("video_b"))
    waits = await world.store.add(a_job())
    slow = await world.store.add(a_job(created_at=lost.created_at - timedelta(minutes=9)))
    await world.store.cancel(slow.id, ANN)
    assert ids(await leafed(world)) == [waits.id, made.id, lost.id, slow.id]


async def test_only_the_members_own_videos_of_this_server_are_in_it(world: World) -> None:
    mine = await world.store.add(a_job(private=True))
    await world.store.add(a_job(owner_id=BEN))
    await world.store.add(a_job(guild_id=GUILD + 1))
    assert ids(await leafed(world)) == [mine.id]


async def test_each_state_has_its_own_list(world: World) -> None:
    cancelled = Cancelled(by=ANN, finished_at=NOON)
    phases: dict[HistoryFilter, Phase] = {
        HistoryFilter.FINISHED: done("video_a"),
        HistoryFilter.KEPT: KEPT,
        HistoryFilter.FAILED: failed(),
        HistoryFilter.CANCELLED: cancelled,
        HistoryFilter.REVIEW: NeedsReview(was="unknown", reason=plain("Nobody knows.")),
    }
    made = {which: (await ended(world, phase)).id for which, phase in phases.items()}
    for which, job_id in made.items():
        assert ids(await leafed(world, which=which)) == [job_id], which
    assert set(ids(await leafed(world))) == set(made.values())


async def test_a_deleted_video_is_in_the_whole_list_only(world: World) -> None:
    job = await ended(world, done())
    await world.store.mark_deleted(job.id)
    assert ids(await leafed(world, which=HistoryFilter.FINISHED)) == []
    assert ids(await leafed(world)) == [job.id]


async def test_an_unknown_place_in_the_list_leads_to_the_newest(world: World) -> None:
    job = await world.store.add(a_job())
    page = await leafed(world, Cursor(direction=Direction.OLDER, at=JobId("ZZZZZZ")))
    assert (ids(page), page.newer) == ([job.id], False)


async def test_a_page_far_back_begins_inside_the_index(tmp_path: Path) -> None:
    mine, reader = VideoFilter(owner_id=ANN), Reader(member_id=ANN)
    history = LibraryQuery(guild_id=GUILD, wanted=mine, reader=reader, most=5)
    async with a_world("sqlite", tmp_path) as world:
        job = await world.store.add(a_job())
        for direction, range_ in ((Direction.OLDER, "created_at<?"), (Direction.NEWER, "created_at>?")):
            query = history.query(Cursor(direction=direction, at=job.id), NOON)
            sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
            plan = await _plan(world, sql)
            assert f"jobs_of_member (guild_id=? AND owner_id=? AND {range_})" in plan


@pytest.mark.parametrize("owner_id", [ANN, None])
@pytest.mark.parametrize("cursor", [None, Cursor(direction=Direction.OLDER, at=JobId("K7Q4FD"))])
async def test_open_videos_are_not_looked_for_through_all_others(
    tmp_path: Path, owner_id: int | None, cursor: Cursor | None
) -> None:
    wanted, reader = VideoFilter(owner_id=owner_id, state=HistoryFilter.OPEN), Reader(member_id=ANN)
    query = LibraryQuery(guild_id=GUILD, wanted=wanted, reader=reader, most=5).query(cursor, NOON)
    sql = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    async with a_world("sqlite", tmp_path) as world:
        assert "jobs_open_of_guild" in await _plan(world, sql)


async def _plan(world: World, sql: str) -> str:
    values = (0,) * sql.count("?")
    rows = await world.database.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
    return "\n".join(row.detail for row in rows)


# Posted later


async def test_a_kept_video_that_was_shown_is_done_and_costs_nothing_more(world: World) -> None:
    job = await ended(world, KEPT)
    before = await world.store.costs(GUILD, ANN, Period.ALL)
    shown = await world.store.delivered(job.id)
    assert shown.phase == Done(video=KEPT.video, remote_id="video_1", finished_at=NOON, method=RemixMethod.EDIT)
    assert await world.store.get(job.id) == shown
    assert await world.store.costs(GUILD, ANN, Period.ALL) == before
    assert before.spent == Usd.of("0.40")
    assert await world.store.check_books() == []
    assert await world.store.next_due() is None


async def test_two_people_showing_a_kept_video_at_once_deliver_it_once(world: World) -> None:
    job = await ended(world, KEPT)
    async with world.another_process() as other:
        first, second = await asyncio.gather(world.store.delivered(job.id), other.delivered(job.id))
    assert first == second == await world.store.get(job.id)
    assert isinstance(first.phase, Done)
    assert await world.store.check_books() == []


@pytest.mark.parametrize("phase", [done(), failed(), Cancelled(by=ANN, finished_at=NOON)])
async def test_showing_changes_nothing_about_any_other_job(world: World, phase: Phase) -> None:
    job = await ended(world, phase)
    assert await world.store.delivered(job.id) == job
    assert await world.store.get(job.id) == job


async def test_showing_does_not_touch_a_job_under_way(world: World) -> None:
    job = await started(world.store, a_job())
    lease = await claimed(world.store)
    assert await world.store.delivered(job.id) == job
    moved = await world.store.move(lease, lease.job.moved_to(rendering(f"remote of {job.id}")), 0)
    assert moved.job.id == job.id


async def test_a_deleted_video_is_not_delivered(world: World) -> None:
    job = await ended(world, KEPT)
    await world.store.mark_deleted(job.id)
    assert isinstance((await world.store.delivered(job.id)).phase, Undelivered)


async def test_a_video_that_does_not_exist_cannot_be_delivered(world: World) -> None:
    with pytest.raises(NotFound):
        await world.store.delivered(JobId("ZZZZZZ"))


# Where it is posted


def at(number: int) -> PostedMessage:
    return PostedMessage(channel_id=2**62, message_id=2**62 + number)


async def test_the_latest_repost_is_the_result_and_the_earlier_ones_are_copies(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_result(job.id, at(1))
    await messages.remember_repost(job.id, at(2))
    await messages.remember_repost(job.id, at(3))
    await messages.remember_repost(job.id, at(3))
    assert (await messages.shown(job.id)).result == at(3)
    assert list(await messages.copies(job.id)) == [at(1), at(2)]


async def test_of_two_reposts_at_once_none_is_forgotten(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await asyncio.gather(messages.remember_repost(job.id, at(1)), messages.remember_repost(job.id, at(2)))
    result = (await messages.shown(job.id)).result
    assert {result, *await messages.copies(job.id)} == {at(1), at(2)}


async def test_a_copy_does_not_take_the_place_of_the_result(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_result(job.id, at(1))
    await messages.remember_copy(job.id, at(2))
    assert (await messages.shown(job.id)).result == at(1)
    assert list(await messages.copies(job.id)) == [at(2)]
