"""How many orders of one member may wait on a server, and that members are served in turn."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import OverBudget, TooManyWaiting
from bot.domain.job import Job
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled
from bot.domain.ports.jobs import ConcurrencyLimits
from tests.contract.databases import ANN, BEN, GUILD, NOON, PLENTY, World, a_job
from tests.stores import JobStores

CENT = Usd.of("0.01")


def at_most(most: int, store: JobStores) -> JobStores:
    return replace(store, member_waiting=most)


async def test_a_member_has_no_more_orders_waiting_than_may(world: World) -> None:
    store = at_most(2, world.store)
    first, _ = await store.add(a_job()), await store.add(a_job())
    refused = a_job()
    with pytest.raises(TooManyWaiting, match=r"You already have 2 videos queued here, .* You weren't charged\."):
        await store.add(refused)
    assert await store.get(refused.id) is None
    assert await store.check_books() == []
    assert await store.add(first) == first  # repeating the same order creates no new one


async def test_others_and_other_servers_do_not_count(world: World) -> None:
    store = at_most(1, world.store)
    await store.add(a_job())
    await store.add(a_job(owner_id=BEN))
    await store.add(a_job(guild_id=GUILD + 9))


async def test_what_has_begun_does_not_count(world: World) -> None:
    store = at_most(1, world.store)
    await store.add(a_job())
    (lease,) = await store.claim("worker", PLENTY, 1)
    with pytest.raises(TooManyWaiting, match=r"You already have 1 video queued"):
        await store.add(a_job())
    await store.move(lease, lease.job.moved_to(Cancelled(by=ANN, finished_at=NOON)))
    await store.add(a_job())


async def test_another_order_may_take_the_place_of_a_waiting_one(world: World) -> None:
    store = at_most(1, world.store)
    waiting, instead = await store.add(a_job()), a_job()
    await store.exchange(waiting, waiting.moved_to(Cancelled(by=ANN, finished_at=NOON)), instead)
    assert await store.get(instead.id) == instead


async def test_what_would_be_refused_is_known_before_anybody_is_asked(world: World) -> None:
    store = at_most(1, world.store)
    await store.check_room(GUILD, ANN, store.budget)
    with pytest.raises(OverBudget, match=r"costs \$25\.01, but .* has only \$25\.00 .* left\. You weren.t charged"):
        await store.check_room(GUILD, ANN, store.budget + CENT)
    order = await store.add(a_job(quote=store.budget))
    with pytest.raises(OverBudget):
        await store.check_room(GUILD, BEN, CENT)
    await store.check_room(GUILD, BEN, FREE)
    with pytest.raises(TooManyWaiting, match=r"already have 1 video queued"):
        await store.check_room(GUILD, ANN, FREE)
    assert await store.get(order.id) == order
    assert await store.check_books() == []


async def test_twenty_orders_at_once_leave_as_many_waiting_as_may(world: World) -> None:
    async with world.another_process() as other:
        stores = at_most(5, world.store), at_most(5, other)
        orders = [stores[number % 2].add(a_job(quote=CENT)) for number in range(20)]
        results = await asyncio.gather(*orders, return_exceptions=True)
    assert [type(result) for result in results].count(Job) == 5
    assert [type(result) for result in results].count(TooManyWaiting) == 15


async def test_places_are_given_to_members_in_turn_however_many_orders_each_has(world: World) -> None:
    for _ in range(4):
        await world.store.add(a_job(quote=CENT))
    late = [await world.store.add(a_job(quote=CENT, owner_id=BEN)) for _ in range(2)]
    leases = await world.store.claim("worker", ConcurrencyLimits(total=4), 4)
    assert [lease.job.owner_id for lease in leases] == [ANN, BEN, ANN, BEN]
    assert {lease.job for lease in leases if lease.job.owner_id == BEN} == set(late)
