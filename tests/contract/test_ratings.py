"""Ratings: one by each member for each video of somebody else, changed, taken back, counted and listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Done
from bot.domain.studio.library import Reader, VideoFilter, VideoOrder
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.ratings import Ratings
from storage.own_data.members_rows import count_rows, remove_rows, remove_rows_about
from storage.studio.ratings.store import SqlRatings
from storage.studio.ratings.sums import mend
from storage.studio.ratings.tables import ratings as ratings_table
from tests.builders import KnownChannels, a_member
from tests.changes import some_changes
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video, started
from tests.moderation import block
from tests.scripted import MemoryRecords, SteppingClock
from tests.tiers import a_tier, an_authorization

LOUNGE, ATTIC, BLOCKED = 20, 21, 10
READER, BEST = Reader(member_id=7), VideoFilter(order=VideoOrder.BEST)
SEES = KnownChannels(seen=frozenset({LOUNGE}))
BEN_HERE = a_member(id=BEN, guild_id=GUILD, channels=SEES)
CARL_HERE = a_member(id=11, guild_id=GUILD, channels=SEES)


async def ratings(world: World) -> Ratings:
    records = MemoryRecords()
    await block(records, BLOCKED, guild_id=GUILD)
    return Ratings(
        store=SqlRatings(database=world.database),
        authorization=await an_authorization(a_tier("Staff", 70), records=records),
        private_videos=PrivateVideos(preferences=GuildPreferences(records=records, changes=some_changes())),
        clock=SteppingClock(),
    )


async def a_kept(world: World, **changes: Any) -> Job:
    job = await started(world.store, a_job(**{"channel_id": LOUNGE, **changes}))
    done = job.moved_to(Done(video=a_video(), remote_id=f"remote of {job.id}", finished_at=NOON))
    return await world.store.decide(job, replace(done, cost=job.quote))


@pytest.mark.parametrize(
    ("member", "may"),
    [
        pytest.param(a_member(id=ANN, guild_id=GUILD, channels=SEES), False, id="its owner"),
        pytest.param(BEN_HERE, True, id="a member"),
        pytest.param(a_member(id=7, guild_id=GUILD, roles=frozenset(), channels=SEES), True, id="a stranger"),
        pytest.param(a_member(id=8, guild_id=GUILD, roles=frozenset({70}), channels=SEES), True, id="in a tier"),
        pytest.param(a_member(id=9, guild_id=GUILD, manages=True), True, id="a manager"),
        pytest.param(a_member(id=BLOCKED, guild_id=GUILD, channels=SEES), False, id="a blocked member"),
        pytest.param(a_member(id=7, guild_id=GUILD, channels=KnownChannels(seen=frozenset())), False, id="not there"),
    ],
)
async def test_who_rates_a_video(world: World, member: Member, *, may: bool) -> None:
    rating, job = await ratings(world), await a_kept(world)
    try:
        await rating.rate(member, job, likes=True)
    except KinoraError:
        assert not may
    assert await rating.of(job) == (VideoRating(likes=1) if may else UNRATED)


async def test_a_rating_is_changed_and_taken_back(world: World) -> None:
    rating, job = await ratings(world), await a_kept(world)
    assert await rating.rate(BEN_HERE, job, likes=True)
    assert await rating.rate(CARL_HERE, job, likes=True)
    assert await rating.rate(BEN_HERE, job, likes=False)
    assert await rating.of(job) == VideoRating(likes=1, dislikes=1)
    assert (await rating.by(BEN_HERE, job), await rating.by(CARL_HERE, job)) == (False, True)
    assert not await rating.rate(BEN_HERE, job, likes=False)
    assert (await rating.of(job), await rating.by(BEN_HERE, job)) == (VideoRating(likes=1), None)
    assert await rating.counted([]) == {}


async def test_what_cannot_be_watched_is_not_rated(world: World) -> None:
    rating, job = await ratings(world), await a_kept(world)
    with pytest.raises(BadRequest, match=r"can't be rated\. Nothing was changed"):
        await rating.rate(BEN_HERE, replace(job, deleted=True), likes=True)


async def test_history_lists_what_more_members_like_than_not(world: World) -> None:
    rating = await ratings(world)
    liked, disliked, mixed, _ = [await a_kept(world) for _ in range(4)]
    for job, given in ((liked, [True, True]), (disliked, [False, False]), (mixed, [True, False])):
        for member, likes in zip((BEN_HERE, CARL_HERE), given, strict=True):
            await rating.rate(member, job, likes=likes)
    reader = Reader(member_id=ANN)
    page = await world.store.page(GUILD, VideoFilter(owner_id=ANN, well_rated=True), reader, None, 10)
    assert [job.id for job in page.jobs] == [liked.id]


async def rated(world: World, *likes_of_each: str) -> list[JobId]:
    """A video for each, the earliest first: `++-` by three members."""
    store, made = SqlRatings(database=world.database), []
    for number, given in enumerate(likes_of_each):
        job = await a_kept(world, created_at=NOON + timedelta(minutes=number))
        for member_id, sign in enumerate(given, 100):
            await store.rate(member_id, job.id, NOON, likes=sign == "+")
        made.append(job.id)
    return made


@pytest.mark.parametrize("most", [1, 2, 3, 10])
async def test_the_best_come_first_page_by_page_and_back(world: World, most: int) -> None:
    one, disliked, unrated, best, mixed, newer = await rated(world, "+", "--", "", "+++", "+-", "+")
    order = [best, newer, one, mixed, disliked]
    assert unrated not in order
    for wanted in (BEST, replace(BEST, owner_id=ANN)):
        pages = [await world.store.page(GUILD, wanted, READER, None, most)]
        while pages[-1].older:
            on = Cursor(direction=Direction.OLDER, at=pages[-1].jobs[-1].id)
            pages.append(await world.store.page(GUILD, wanted, READER, on, most))
        assert [job.id for page in pages for job in page.jobs] == order
        assert [page.newer for page in pages] == [False, *[True] * (len(pages) - 1)]
        back = Cursor(direction=Direction.NEWER, at=disliked)
        before = await world.store.page(GUILD, wanted, READER, back, most)
        assert ([job.id for job in before.jobs], before.newer) == (order[:-1][-most:], most < 4)


async def test_a_page_goes_on_from_a_video_whose_ratings_were_taken_back(world: World) -> None:
    liked, one, disliked = await rated(world, "++", "+", "-")
    await SqlRatings(database=world.database).rate(100, one, NOON, likes=True)
    on = Cursor(direction=Direction.OLDER, at=one)
    page = await world.store.page(GUILD, BEST, READER, on, 10)
    assert [job.id for job in page.jobs] == [disliked]
    nobodys = await world.store.page(GUILD, BEST, READER, replace(on, at=JobId("222222")), 10)
    assert [job.id for job in nobodys.jobs] == [liked, disliked]


async def test_all_else_that_is_asked_for_holds_of_the_best_too(world: World) -> None:
    fox, owl = await rated(world, "+", "++")
    snow = await a_kept(world, created_at=NOON + timedelta(hours=1), channel_id=ATTIC, prompt="a fox in the snow")
    await SqlRatings(database=world.database).rate(100, snow.id, NOON, likes=True)

    async def seen(wanted: VideoFilter, reader: Reader = READER) -> list[JobId]:
        return [job.id for job in (await world.store.page(GUILD, wanted, reader, None, 10)).jobs]

    assert await seen(BEST) == [owl, snow.id, fox]
    assert await seen(replace(BEST, words="snow fo")) == [snow.id]
    assert await seen(replace(BEST, words="…")) == []
    assert await seen(replace(BEST, since=NOON + timedelta(minutes=1))) == [owl, snow.id]
    assert await seen(replace(BEST, state=HistoryFilter.FAILED)) == []
    assert await seen(BEST, Reader(member_id=7, channels=frozenset({LOUNGE}))) == [owl, fox]
    await world.store.mark_deleted(owl)
    assert await seen(replace(BEST, owner_id=ANN), Reader(member_id=ANN)) == [snow.id, fox]


async def test_sums_that_an_older_version_left_wrong_are_made_anew(world: World) -> None:
    fox, owl, hare = await rated(world, "+", "-", "+")
    assert await mend(world.database) == 0
    late = {"job_id": owl, "likes": True, "at": NOON}

    async def as_before(connection: AsyncConnection) -> None:
        await connection.execute(insert(ratings_table), [{**late, "member_id": number} for number in (7, 8)])
        await connection.execute(delete(ratings_table).where(ratings_table.c.job_id == hare))

    await world.database.write(as_before)
    assert await mend(world.database) == 2
    page = await world.store.page(GUILD, BEST, READER, None, 10)
    assert [job.id for job in page.jobs] == [owl, fox]


async def test_ratings_go_with_their_member_and_with_their_video(world: World) -> None:
    rating = await ratings(world)
    fox, owl = await a_kept(world), await a_kept(world)
    for job in (fox, owl):
        await rating.rate(BEN_HERE, job, likes=True)
        await rating.rate(CARL_HERE, job, likes=True)
    assert await world.database.read(lambda connection: count_rows(connection, BEN)) == 2
    await world.database.write(lambda connection: remove_rows(connection, BEN))
    assert await rating.of(fox) == VideoRating(likes=1)
    await world.database.write(lambda connection: remove_rows_about(connection, fox.id))
    best = await world.store.page(GUILD, BEST, READER, None, 10)
    assert [job.id for job in best.jobs] == [owl.id]
    assert await mend(world.database) == 0
    assert await rating.counted([fox, owl]) == {owl.id: VideoRating(likes=1)}
