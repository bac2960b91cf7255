"""An order that may not be sent after all, when its intent is to be stored, waits as it was agreed to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown
from bot.domain.ids import JobId
from bot.domain.phases import Cancelled, Queued, Rendering
from bot.domain.queue.state import HoldKind, QueueHold
from bot.jobs.providers.throttle import BUSY, Request
from bot.jobs.steps.paying_account import LONGEST_HELD
from bot.jobs.steps.submit import TWIN, TWIN_WAIT
from tests.builders import NOON, a_job
from tests.workbench import PLACES, Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def test_the_twin_of_an_ambiguous_order_says_why_it_waits_and_is_tried_again_soon(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    await bench.order(a_job(id=JobId("AAAAAA")))
    await bench.step()
    twin = await bench.order(a_job(id=JobId("BBBBBB")))
    await bench.step()
    assert (await bench.job(twin)).phase == Queued(waits_for=TWIN)
    assert await bench.store.next_due() == TWIN_WAIT
    bench.clock.forward(TWIN_WAIT)
    assert twin in {lease.job.id for lease in await bench.store.claim("worker", PLACES, 10)}


async def test_a_pause_that_came_after_the_claim_leaves_the_order_as_if_it_had_not_been_claimed(bench: Bench) -> None:
    job_id = await bench.order()
    lease = await bench.lease()
    guild_id = lease.job.guild_id
    await bench.store.hold(guild_id, QueueHold(kind=HoldKind.PAUSE, reason="Dinner", by=7, since=NOON))
    await bench.runner.advance(lease)
    assert (await bench.job(job_id)).phase == Queued()
    assert bench.provider.orders == []
    await bench.store.resume(guild_id)
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_an_order_that_was_called_off_is_not_sent_and_says_by_whom(bench: Bench) -> None:
    manager = 99
    job_id = await bench.order(a_job(cancel_asked_by=manager))
    await bench.step()
    assert (await bench.job(job_id)).phase == Cancelled(by=manager, finished_at=NOON)
    assert bench.provider.orders == []


@pytest.mark.parametrize(("left", "checked_after"), [(LONGEST_HELD - 1, LONGEST_HELD - 1), (600.0, LONGEST_HELD)])
async def test_an_order_that_its_service_holds_back_is_checked_again_soon(
    bench: Bench, left: float, checked_after: float
) -> None:
    bench.context.throttle.hold("openai", Request.PAID, left, NOON)
    job_id = await bench.order()
    await bench.step()
    assert (await bench.job(job_id)).phase == Queued(waits_for=BUSY)
    assert await bench.store.next_due() == checked_after
    assert bench.provider.orders == []
