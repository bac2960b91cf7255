"""The videos of a server as different people may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.studio.library import Reader, VideoFilter
from storage.studio.favourites import SqlFavourites
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, claimed, done, failed, started

EVERYBODYS = VideoFilter()
LOUNGE, ATTIC = 20, 21  # channels
MANAGER, OBSERVER = Reader(member_id=7), Reader(member_id=7, channels=frozenset({LOUNGE}))


async def seen(world: World, wanted: VideoFilter, reader: Reader, most: int = 10) -> list[JobId]:
    return [job.id for job in (await world.store.page(GUILD, wanted, reader, None, most)).jobs]


async def made(world: World, *orders: Job) -> Sequence[JobId]:
    return [(await world.store.add(order)).id for order in orders]


async def test_others_see_what_was_posted_where_they_can_read(world: World) -> None:
    open_one, attic, secret, erased, elsewhere, gone = await made(
        world,
        a_job(),
        a_job(channel_id=ATTIC, owner_id=BEN),
        a_job(private=True),
        a_job(owner_id=ERASED_MEMBER),
        a_job(guild_id=GUILD + 1),
        a_job(),
    )
    await world.store.mark_deleted(gone)
    assert await seen(world, EVERYBODYS, MANAGER) == [attic, open_one]
    assert await seen(world, EVERYBODYS, OBSERVER) == [open_one]
    assert await seen(world, EVERYBODYS, replace(MANAGER, member_id=ANN)) == [gone, secret, attic, open_one]
    assert await seen(world, VideoFilter(owner_id=BEN), MANAGER) == [attic]
    assert await seen(world, VideoFilter(owner_id=BEN), OBSERVER) == []
    assert not {erased, elsewhere} & {*await seen(world, EVERYBODYS, replace(MANAGER, private_since=NOON))}


async def test_private_videos_are_seen_from_the_moment_on_that_their_owners_were_told(world: World) -> None:
    before, after = await made(
        world, a_job(private=True, created_at=NOON), a_job(private=True, created_at=NOON + timedelta(hours=1))
    )
    assert await seen(world, EVERYBODYS, replace(MANAGER, private_since=NOON + timedelta(hours=1))) == [after]
    assert await seen(world, EVERYBODYS, replace(MANAGER, private_since=NOON)) == [after, before]


async def test_all_that_is_asked_for_must_hold(world: World) -> None:
    first = await started(world.store, a_job(created_at=NOON))
    lease = await claimed(world.store)
    await world.store.move(lease, replace(lease.job.moved_to(done()), cost=first.quote))
    broken = await started(world.store, a_job(created_at=NOON + timedelta(days=2), owner_id=BEN))
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(failed()))
    other = a_job(created_at=NOON + timedelta(days=1))
    second = await world.store.add(replace(other, request=replace(other.request, model="wan")))
    state = HistoryFilter
    assert await seen(world, VideoFilter(state=state.FINISHED), MANAGER) == [first.id]
    assert await seen(world, VideoFilter(state=state.FAILED), MANAGER) == [broken.id]
    assert await seen(world, VideoFilter(state=state.OPEN), MANAGER) == [second.id]
    assert await seen(world, VideoFilter(state=state.REVIEW), MANAGER) == []
    assert await seen(world, VideoFilter(model="wan"), MANAGER) == [second.id]
    assert await seen(world, VideoFilter(model="wan", state=state.FINISHED), MANAGER) == []
    days = VideoFilter(since=NOON + timedelta(days=1), before=NOON + timedelta(days=2))
    assert await seen(world, days, MANAGER) == [second.id]


@pytest.mark.parametrize("wanted", [EVERYBODYS, VideoFilter(state=HistoryFilter.OPEN)])
async def test_pages_of_everybodys_leave_nothing_out(world: World, wanted: VideoFilter) -> None:
    made_ = await made(world, *(a_job(owner_id=owner, private=owner == 9) for owner in (ANN, 9, BEN, ANN, 9, ANN)))
    shown = [job_id for number, job_id in enumerate(made_) if number not in {1, 4}][::-1]
    first = await world.store.page(GUILD, wanted, MANAGER, None, 3)
    assert ([job.id for job in first.jobs], first.newer, first.older) == (shown[:3], False, True)
    on = Cursor(direction=Direction.OLDER, at=first.jobs[-1].id)
    second = await world.store.page(GUILD, wanted, MANAGER, on, 3)
    assert ([job.id for job in second.jobs], second.newer, second.older) == (shown[3:], True, False)


async def test_favourites_are_of_who_reads_and_only_what_they_may_watch(world: World) -> None:
    mine, theirs, attic, secret = await made(
        world, a_job(), a_job(owner_id=BEN), a_job(owner_id=BEN, channel_id=ATTIC), a_job(owner_id=BEN, private=True)
    )
    stars = SqlFavourites(database=world.database)
    for job_id in (theirs, attic, secret):
        await stars.add(ANN, job_id, NOON)
    await stars.add(BEN, mine, NOON)
    ann = Reader(member_id=ANN, channels=frozenset({LOUNGE}))
    assert await seen(world, VideoFilter(favourites=True), ann) == [theirs]
    assert await seen(world, VideoFilter(favourites=True, owner_id=ANN), ann) == []
    assert await seen(world, VideoFilter(favourites=True, words="cat"), ann) == [theirs]
