"""What a poll of a render writes if nothing is new."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import MovedOn
from bot.domain.job import Lease
from bot.domain.phases import Rendering
from storage.locks import WholeLock, hold
from tests.contract.databases import ANN, BEN, NOON, PLENTY, World, a_job, claimed, counted_statements
from tests.stores import JobStores
from tests.waiting import PATIENCE


async def looked_at(store: JobStores) -> Lease:
    """A render that a step polls."""
    await store.add(a_job())
    lease = await claimed(store)
    await store.move(lease, lease.job.moved_to(Rendering(remote_id="video_1", started_at=NOON)), 0.0)
    return await claimed(store)


def rendering_of(lease: Lease) -> Rendering:
    assert isinstance(lease.job.phase, Rendering)
    return lease.job.phase


async def test_it_is_one_statement_and_the_render_is_due_when_it_says(world: World) -> None:
    lease = await looked_at(world.store)
    further = Rendering(remote_id="video_1", started_at=NOON, progress=40)
    seen = replace(lease.job, phase=further, progress_seen=((12.3, 40),))
    with counted_statements() as said:
        moved = await world.store.move(lease, seen, 7.0)
    assert [statement.split()[0] for statement in said if "jobs" in statement] == ["UPDATE"]
    assert moved.job == seen == await world.store.get(seen.id)
    assert await world.store.next_due() == pytest.approx(7.0, abs=1.0)


async def test_what_was_taken_on_meanwhile_is_left_alone(world: World) -> None:
    lease = await looked_at(world.store)
    await world.store.cancel(lease.job.id, ANN)
    moved = await world.store.move(lease, lease.job, 60.0)
    assert moved.job.cancel_asked_by == ANN
    assert await world.store.next_due() == 0.0
    with pytest.raises(MovedOn):
        await world.store.move(lease, lease.job, 60.0)
    assert [each.job.id for each in await world.store.claim("another", PLENTY, 1)] == [lease.job.id]


async def test_looks_that_end_together_are_written_together_each_with_its_own_fence(world: World) -> None:
    store = world.store
    for number in range(6):
        await store.add(a_job(interaction_id=number, owner_id=100 + number))
    for lease in await store.claim("worker", PLENTY, 6):
        rendering = Rendering(remote_id=f"vidéo '{lease.job.owner_id}'", started_at=NOON)
        await store.move(lease, lease.job.moved_to(rendering), 0.0)
    leases = await store.claim("worker", PLENTY, 6)
    overtaken = leases[3]
    await store.hand_back([overtaken])
    asked = leases[4]
    await store.cancel(asked.job.id, ANN)

    async def write(number: int, lease: Lease) -> Lease:
        phase = replace(rendering_of(lease), progress=10 * number)
        return await store.move(
            lease, replace(lease.job, phase=phase, progress_seen=((1.5, 10 * number),)), 50.0 + number
        )

    with counted_statements() as said:
        written = await asyncio.gather(*(write(*each) for each in enumerate(leases)), return_exceptions=True)
    assert isinstance(written.pop(3), MovedOn)
    assert len([statement for statement in said if "UPDATE" in statement]) <= 2  # the first is not delayed
    for each in written:
        assert isinstance(each, Lease)
        assert each.job == await store.get(each.job.id)
    left = await store.claim("another", PLENTY, 6)
    assert sorted(lease.job.id for lease in left) == sorted([overtaken.job.id, asked.job.id])


async def test_who_lost_its_lease_is_told_though_the_next_holder_writes_in_the_same_batch(world: World) -> None:
    store = world.store  # its polls are written together
    lost = await looked_at(store)
    await store.hand_back([lost])
    lease = await claimed(store)
    looks = [store.move(each, each.job, 60.0) for each in (lease, lost)]
    held, overtaken = await asyncio.gather(*looks, return_exceptions=True)
    assert isinstance(overtaken, MovedOn)
    assert isinstance(held, Lease)
    assert held.epoch == lease.epoch


async def test_looks_and_leases_that_are_prolonged_beside_them_do_not_wait_for_each_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    store, shuffled = world.store, Random(1)
    for number in range(40):
        await store.add(a_job(interaction_id=number, owner_id=100 + number))
    for lease in await store.claim("worker", PLENTY, 40):
        rendering = Rendering(remote_id=f"video of {lease.job.id}", started_at=NOON)
        await store.move(lease, lease.job.moved_to(rendering), 0.0)
    for _ in range(4):
        leases = list(await store.claim("worker", PLENTY, 40))
        shuffled.shuffle(leases)
        held = [(lease.job.id, lease.epoch) for lease in leases]
        looks = [store.move(lease, lease.job, 0.0) for lease in leases]
        await asyncio.gather(*looks, *(store.extend(held) for _ in range(3)))
    assert caplog.records == []  # no transaction was retried


async def test_a_look_that_cannot_be_written_leaves_those_beside_it_alone(world: World) -> None:
    store = world.store  # its polls are written together
    one = await looked_at(store)
    await store.add(a_job(interaction_id=2, owner_id=BEN))
    (queued,) = await store.claim("worker", PLENTY, 1)
    rendering = Rendering(remote_id="video_2", started_at=NOON)
    await store.move(queued, queued.job.moved_to(rendering), 0.0)
    other = await claimed(store)
    never = store.move(one, one.job, math.inf)
    failed, written = await asyncio.gather(never, store.move(other, other.job, 60.0), return_exceptions=True)
    assert isinstance(failed, OverflowError)
    assert isinstance(written, Lease)


async def test_nobody_waits_for_a_write_that_is_cancelled(world: World) -> None:
    store = world.store
    lease = await looked_at(store)
    writing = asyncio.create_task(store.move(lease, lease.job, 60.0))
    await asyncio.sleep(0)
    (batch,) = (task for task in asyncio.all_tasks() if task.get_name() == "write looks")
    batch.cancel()
    await asyncio.wait({writing}, timeout=PATIENCE)
    assert writing.cancelled()
    assert (await store.move(lease, lease.job, 60.0)).job == lease.job  # the next is written


async def test_who_is_cancelled_while_it_writes_a_look_waits_for_its_end(world: World) -> None:
    lease = await looked_at(world.store)
    writing = asyncio.create_task(world.store.move(lease, lease.job, 60.0))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await world.store.claim("another", PLENTY, 1) == []  # it was released until then
    assert await world.store.next_due() == pytest.approx(60.0, abs=5.0)


async def test_who_has_only_looks_to_take_does_not_wait_for_who_gives_places_away(world: World) -> None:
    await world.store.hand_back([await looked_at(world.store)])
    held, taken = asyncio.Event(), asyncio.Event()

    async def give_places(connection: AsyncConnection) -> None:
        await hold(connection, WholeLock.PLACES)
        held.set()
        if connection.dialect.name == "postgresql":  # on SQLite only one writes
            await taken.wait()

    giving = asyncio.create_task(world.database.write(give_places))
    await held.wait()
    try:
        async with world.another_process() as other, asyncio.timeout(PATIENCE):
            assert len(await other.claim("another", PLENTY, 10)) == 1
    finally:
        taken.set()
        await giving
