"""Lost orders at a service that knows them by a name of ours: found by it, never sent again, never called absent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown, Refused
from bot.domain.ids import JobId
from bot.domain.phases import NeedsReview, Rendering, Unknown
from bot.jobs.steps.fingerprint import own_name
from bot.jobs.steps.recover import NAMED_WITHIN, NOT_BY_NAME
from tests.builders import NOON
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        bench.provider.is_named = True
        yield bench


async def lost(bench: Bench) -> JobId:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order()
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    return job_id


async def test_a_lost_order_is_found_by_the_name_it_was_sent_with(bench: Bench) -> None:
    job_id = await lost(bench)
    await bench.step(forward=5)
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_1"
    assert len(bench.provider.orders) == 1


async def test_what_is_not_found_by_name_is_looked_for_a_while_and_then_left_to_a_person(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.orders.clear()  # it never arrived
    await bench.step(forward=5)
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    for _ in range(20):
        await bench.step(forward=60)
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, NeedsReview)
    assert phase.reason == NOT_BY_NAME
    assert bench.provider.orders == []


async def test_an_order_that_arrives_late_is_found_all_the_same(bench: Bench) -> None:
    job_id = await lost(bench)
    (order,) = bench.provider.orders
    bench.provider.orders.clear()
    await bench.step(forward=5)
    bench.provider.orders.append(order)
    await bench.step(forward=60)
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_each_sending_has_a_name_of_its_own(bench: Bench) -> None:
    """What was refused is ordered again by its owner, or by the next method: that is another request."""
    bench.provider.submits = [Refused("no"), "video_2"]
    await bench.run(await bench.order())
    await bench.run(await bench.order())
    first, second = (order.own_name for order in bench.provider.orders)
    assert first
    assert second
    assert first != second


def test_a_name_can_be_made_again_from_what_is_stored() -> None:
    job, later = JobId("K7Q4FD"), NOON + timedelta(microseconds=400)
    assert own_name(job, "print", NOON) == own_name(job, "print", later)  # a database may keep less of it
    assert own_name(job, "print", NOON) != own_name(job, "print", NOON + timedelta(seconds=1))
    assert own_name(job, "print", NOON) != own_name(job, "another", NOON)
    assert own_name(job, "print", NOON).startswith("K7Q4FD-")


def test_people_are_asked_as_soon_as_where_a_call_is_waited_for() -> None:
    assert timedelta(minutes=15) == NAMED_WITHIN
