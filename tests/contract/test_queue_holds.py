"""Managers' decisions about their server's queue apply in every process, and each decision is made once."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain.errors import HeldBack, QueueClosed
from bot.domain.job import PostedMessage
from bot.domain.queue.state import HoldKind, QueueHold
from storage.messages import MessageRows
from tests.contract.databases import ANN, BEN, GUILD, NOON, PLENTY, World, a_job, sending, started

ELSEWHERE = GUILD + 9


def a_hold(kind: HoldKind = HoldKind.PAUSE, by: int = ANN) -> QueueHold:
    return QueueHold(kind=kind, reason="The service is down", by=by, since=NOON)


async def test_nothing_of_a_paused_server_is_claimed_by_any_process_until_it_goes_on(world: World) -> None:
    store = world.store
    assert await store.hold(GUILD, a_hold())
    waiting, other = await store.add(a_job()), await store.add(a_job(guild_id=ELSEWHERE, owner_id=BEN))
    async with world.another_process() as restarted:
        assert [lease.job for lease in await restarted.claim("worker", PLENTY, 9)] == [other]
        assert await restarted.queue_hold(GUILD) == a_hold()
    assert [place.paused for place in (await store.lines(GUILD, PLENTY)).values()] == [a_hold()]
    assert (await store.line(waiting, PLENTY)).paused == a_hold()
    assert await store.resume(GUILD)
    assert [lease.job for lease in await store.claim("worker", PLENTY, 9)] == [waiting]


async def test_a_pause_wakes_no_worker_and_stops_no_render(world: World) -> None:
    await world.store.add(a_job())
    await world.store.hold(GUILD, a_hold())
    assert await world.store.next_due() is None
    await world.store.resume(GUILD)
    running = await started(world.store, (await world.store.under_way(GUILD))[0])
    await world.store.hold(GUILD, a_hold())
    assert [lease.job for lease in await world.store.claim("worker", PLENTY, 9)] == [running]


async def test_an_order_that_was_claimed_before_the_pause_is_not_sent_after_it(world: World) -> None:
    await world.store.add(a_job())
    (lease,) = await world.store.claim("worker", PLENTY, 1)
    await world.store.hold(GUILD, a_hold())
    with pytest.raises(HeldBack):
        await world.store.move(lease, lease.job.moved_to(sending()), keep=True)
    await world.store.move(lease, lease.job, 0.0)  # nothing was written, so the lease is valid


async def test_a_draining_server_takes_no_orders_and_makes_those_that_wait(world: World) -> None:
    store = world.store
    waiting = await store.add(a_job(interaction_id=5))
    await store.hold(GUILD, a_hold(HoldKind.DRAIN))
    refused = a_job()
    with pytest.raises(QueueClosed, match=r"The service is down\. You weren't charged\."):
        await store.add(refused)
    with pytest.raises(QueueClosed):
        await store.check_room(GUILD, ANN, refused.quote)
    assert await store.get(refused.id) is None
    assert await store.check_books() == []
    assert await store.add(a_job(interaction_id=5)) == waiting  # repeating the same order creates no new one
    await store.add(a_job(guild_id=ELSEWHERE))
    assert waiting in [lease.job for lease in await store.claim("worker", PLENTY, 9)]


async def test_of_managers_who_press_at_once_one_decides(world: World) -> None:
    async with world.another_process() as other:
        stores = (world.store, other)
        paused = await asyncio.gather(*(stores[n % 2].hold(GUILD, a_hold(by=n)) for n in range(6)))
        resumed = await asyncio.gather(*(stores[n % 2].resume(GUILD) for n in range(6)))
    assert (paused.count(True), resumed.count(True)) == (1, 1)
    assert await world.store.hold(GUILD, a_hold(HoldKind.DRAIN))
    assert await world.store.hold(GUILD, a_hold())  # another kind replaces it


async def test_cards_that_wait_are_drawn_anew_even_by_another_process(world: World) -> None:
    store, cards = world.store, MessageRows(database=world.database)
    waiting, elsewhere = await store.add(a_job()), await store.add(a_job(guild_id=ELSEWHERE))
    for number, job in enumerate((waiting, elsewhere)):
        await cards.remember_card(job.id, PostedMessage(channel_id=1, message_id=number))
        await cards.remember_drawn(job.id, "queued")
    await store.hold(GUILD, a_hold())
    assert await cards.outdated_cards(9) == [waiting]


async def test_an_order_moved_to_the_front_takes_its_servers_first_turn_and_no_other_servers(world: World) -> None:
    store = world.store
    other = await store.add(a_job(guild_id=ELSEWHERE, owner_id=7))
    first, second, third = [await store.add(a_job(owner_id=ANN)) for _ in range(3)]
    assert await store.bump(GUILD, third.id)
    assert not await store.bump(GUILD, third.id)  # it is there already
    assert not await store.bump(ELSEWHERE, second.id)  # not theirs
    places = {**await store.lines(GUILD, PLENTY), **await store.lines(ELSEWHERE, PLENTY)}
    by_place = sorted(places, key=lambda job_id: places[job_id].ahead)
    assert by_place == [other.id, third.id, first.id, second.id]
    assert [job.id for job in await store.under_way(GUILD)] == [third.id, first.id, second.id]
    assert await store.bump(GUILD, second.id)  # the latest goes before it
    leases = await store.claim("worker", PLENTY, 9)
    assert [lease.job.id for lease in leases] == [other.id, second.id, third.id, first.id]
    assert not await store.bump(GUILD, first.id)  # it is in progress
