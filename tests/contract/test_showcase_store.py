"""Videos enter a showcase with the ★ that was missing, exactly once, and their count stays correct."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done
from bot.domain.studio.showcase import EDITED_EVERY, ShowcaseEntry, ShowcaseState, ShowcaseVideo
from storage.own_data.members_rows import remove_rows_about
from storage.studio.favourites import SqlFavourites
from storage.studio.showcase.store import SqlShowcase
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video, started

CARL, DORA = BEN + 1, BEN + 2
POST = PostedMessage(channel_id=30, message_id=31)
SOON = NOON + timedelta(seconds=5)
TWO = ShowcaseEntry(guild_id=GUILD, owner_id=ANN, stars=2)


async def a_kept(world: World) -> Job:
    job = await started(world.store, a_job())
    done = job.moved_to(Done(video=a_video(), remote_id=f"remote of {job.id}", finished_at=NOON))
    return await world.store.decide(job, replace(done, cost=job.quote))


def stores(world: World) -> tuple[SqlFavourites, SqlShowcase]:
    return SqlFavourites(database=world.database), SqlShowcase(database=world.database)


async def the_video(showcase: SqlShowcase, job: Job) -> ShowcaseVideo:
    found = await showcase.of(job.id)
    assert found is not None
    return found


async def a_shown(world: World) -> tuple[SqlFavourites, SqlShowcase, Job]:
    favourites, showcase = stores(world)
    job = await a_kept(world)
    for member in (BEN, CARL):
        await favourites.add(member, job.id, NOON, TWO)
    assert await showcase.shown(job, POST, 2, NOON)
    return favourites, showcase, job


async def test_a_video_comes_in_with_the_last_star_that_was_missing(world: World) -> None:
    favourites, showcase = stores(world)
    job = await a_kept(world)
    await favourites.add(BEN, job.id, NOON, TWO)
    await favourites.add(BEN, job.id, NOON, TWO)
    await favourites.add(ANN, job.id, NOON, TWO)  # its owner's own does not count
    assert await showcase.of(job.id) is None
    await favourites.add(CARL, job.id, SOON, TWO)
    found = await the_video(showcase, job)
    assert (found.state, found.due_at, found.guild_id) == (ShowcaseState.WAITING, SOON, GUILD)
    assert await showcase.stars(job) == 2
    assert [each.job_id for each in await showcase.due([GUILD], SOON, 10)] == [job.id]
    assert await showcase.due([GUILD + 1], SOON, 10) == []
    assert await showcase.due([GUILD], NOON, 10) == []


async def test_of_two_stars_at_the_same_moment_one_lets_it_in(world: World) -> None:
    favourites, showcase = stores(world)
    for _ in range(5):
        job = await a_kept(world)
        await asyncio.gather(*(favourites.add(member, job.id, NOON, TWO) for member in (BEN, CARL)))
        assert (await the_video(showcase, job)).state is ShowcaseState.WAITING


async def test_without_a_showcase_stars_are_kept_and_count_later(world: World) -> None:
    favourites, showcase = stores(world)
    job = await a_kept(world)
    for member in (BEN, CARL):
        await favourites.add(member, job.id, NOON)
    assert await showcase.of(job.id) is None
    await favourites.add(DORA, job.id, SOON, TWO)
    assert (await the_video(showcase, job)).state is ShowcaseState.WAITING


async def test_one_process_works_on_a_video(world: World) -> None:
    favourites, showcase = stores(world)
    job = await a_kept(world)
    for member in (BEN, CARL):
        await favourites.add(member, job.id, NOON, TWO)
    (video,) = await showcase.due([GUILD], NOON, 10)
    until = NOON + timedelta(minutes=2)
    claims = await asyncio.gather(*(showcase.claim(video, until) for _ in range(3)))
    assert sorted(claims) == [False, False, True]
    assert await showcase.due([GUILD], SOON, 10) == []
    assert len(await showcase.due([GUILD], until, 10)) == 1  # taken up again after a crash


async def test_stars_of_a_minute_are_one_edit(world: World) -> None:
    favourites, showcase, job = await a_shown(world)
    assert (await the_video(showcase, job)).due_at is None
    await favourites.add(DORA, job.id, SOON)
    await favourites.remove(BEN, job.id, SOON)
    await favourites.remove(BEN, job.id, SOON + timedelta(hours=1))
    assert (await the_video(showcase, job)).due_at == NOON + EDITED_EVERY
    much_later = NOON + timedelta(days=1)
    assert await showcase.shown(job, POST, 2, much_later)
    await favourites.add(BEN, job.id, much_later + EDITED_EVERY * 2)
    assert (await the_video(showcase, job)).due_at == much_later + EDITED_EVERY * 2


async def test_a_star_given_while_the_post_is_drawn_is_drawn_next(world: World) -> None:
    favourites, showcase, job = await a_shown(world)
    await favourites.add(DORA, job.id, SOON)
    assert await showcase.shown(job, POST, 2, SOON)
    assert (await the_video(showcase, job)).due_at == SOON + EDITED_EVERY
    assert await showcase.shown(job, POST, 3, SOON + EDITED_EVERY)
    assert (await the_video(showcase, job)).due_at is None


async def test_what_was_taken_out_stays_out(world: World) -> None:
    favourites, showcase, job = await a_shown(world)
    assert await showcase.leave(job.id, SOON)
    assert not await showcase.leave(job.id, SOON)
    leaving = await the_video(showcase, job)
    assert (leaving.state, leaving.due_at, leaving.post) == (ShowcaseState.LEAVING, SOON, POST)
    assert not await showcase.shown(job, POST, 2, SOON)  # the process that is just posting it is told
    assert (await the_video(showcase, job)).state is ShowcaseState.LEAVING
    await showcase.out(job.id)
    await favourites.add(DORA, job.id, SOON, TWO)
    gone = await the_video(showcase, job)
    assert (gone.state, gone.due_at) == (ShowcaseState.OUT, None)
    await showcase.forget(job.id)
    assert (await the_video(showcase, job)).state is ShowcaseState.OUT


async def test_all_of_a_member_leave_at_once(world: World) -> None:
    _, showcase, job = await a_shown(world)
    assert await showcase.leave_all(BEN, SOON) == 0
    assert await showcase.leave_all(ANN, SOON) == 1
    assert (await the_video(showcase, job)).state is ShowcaseState.LEAVING


async def test_one_that_may_not_come_in_is_decided_anew_by_the_next_star(world: World) -> None:
    favourites, showcase = stores(world)
    job = await a_kept(world)
    for member in (BEN, CARL):
        await favourites.add(member, job.id, NOON, TWO)
    await showcase.begin(job.id, 30, NOON)
    await showcase.forget(job.id)
    assert await showcase.of(job.id) is None
    await favourites.add(DORA, job.id, SOON, TWO)
    assert (await the_video(showcase, job)).channel_id is None


@pytest.mark.parametrize("count", [1, 2])
async def test_an_erased_video_leaves_no_row(world: World, count: int) -> None:
    _, showcase, job = await a_shown(world)
    for _ in range(count):
        await world.database.write(lambda connection: remove_rows_about(connection, job.id))
    assert await showcase.of(job.id) is None
