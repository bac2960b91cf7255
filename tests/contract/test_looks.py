"""What a look at a render writes that found nothing new to tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.errors import MovedOn
from bot.domain.job import Lease
from bot.domain.phases import Rendering
from tests.contract.databases import ANN, NOON, PLENTY, World, a_job, claimed, counted_statements
from tests.stores import JobStores


async def looked_at(store: JobStores) -> Lease:
    """A render that a step looks at."""
    await store.add(a_job())
    lease = await claimed(store)
    await store.move(lease, lease.job.moved_to(Rendering(remote_id="video_1", started_at=NOON)), 0.0)
    return await claimed(store)


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
