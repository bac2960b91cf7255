"""Ratings: one of each member for each video of somebody else, changed, taken back, counted and listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError
from bot.domain.job import Job
from bot.domain.phases import Done
from bot.domain.studio.library import Reader, VideoFilter
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.ratings import Ratings
from storage.own_data.members_rows import count_rows, remove_rows, remove_rows_about
from storage.studio.ratings import SqlRatings
from tests.builders import KnownChannels, a_member
from tests.changes import some_changes
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video, started
from tests.moderation import block
from tests.scripted import MemoryRecords, SteppingClock
from tests.tiers import a_tier, an_authorization

LOUNGE, BLOCKED = 20, 10
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
    job = await started(world.store, a_job(channel_id=LOUNGE, **changes))
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
    assert await rating.counted([fox, owl]) == {owl.id: VideoRating(likes=1)}
