"""An event's work is proportional to what changed, never to the length of the queue: counted at several lengths."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.money.usd import Usd
from bot.domain.ports.jobs import ConcurrencyLimits
from tests.contract.databases import GUILD, World, a_batch, a_job, counted_statements, rendering
from tests.extent import only_in_full

CHEAP = Usd.of("0.001")
LIMITS = ConcurrencyLimits(total=3)
LENGTHS = (10, 100, pytest.param(1000, marks=only_in_full("a hundred show the same")))
MOST = {"order": 5, "place": 1, "line": 1, "claim": 6, "step": 2, "look": 1}  # statements


@pytest.mark.parametrize("length", LENGTHS)
async def test_an_event_takes_as_many_statements_however_long_the_line_is(world: World, length: int) -> None:
    store, found = world.store, dict[str, int]()

    def note(event: str, said: list[str]) -> None:
        found[event] = sum("FROM" in each or not each.startswith("SELECT") for each in said)  # no clock, no lock

    for _ in range(length // 10):
        await store.add_all(a_batch(10, quote=CHEAP))
    with counted_statements() as said:
        job = await store.add(a_job(quote=CHEAP))
    note("order", said)
    with counted_statements() as said:
        await store.line(job, LIMITS)
    note("place", said)
    with counted_statements() as said:
        await store.waiting(GUILD)
    note("line", said)
    with counted_statements() as said:
        (lease,) = await store.claim("worker", LIMITS, 1)
    note("claim", said)
    with counted_statements() as said:
        await store.move(lease, lease.job.moved_to(rendering("video_1")), 0.0)
    note("step", said)
    lease = next(each for each in await store.claim("worker", LIMITS, 1) if each.job.id == lease.job.id)
    with counted_statements() as said:
        await store.move(lease, replace(lease.job, progress_seen=((3.0, 0),)), 20.0)
    note("look", said)
    assert {event: number for event, number in found.items() if number > MOST[event]} == {}
