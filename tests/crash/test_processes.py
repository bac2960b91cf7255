"""Real worker processes on one database: stopped past their lease, killed, and side by side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Done
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.sandbox.video.trouble import Hang, Operation
from tests.contract.databases import BACKENDS, GUILD
from tests.crash.processes import Town, a_town
from tests.extent import FULL
from tests.waiting import comes_true

pytestmark = [pytest.mark.crash, pytest.mark.usefixtures("quick_films")]

PRICE = Usd.of("0.40")
PLACES = ConcurrencyLimits(total=3)
SQLITE, POSTGRES = BACKENDS
ON_ONE, ON_THE_OTHER = (BACKENDS, BACKENDS) if FULL else ([SQLITE], [POSTGRES])  # a sample, as in the crash matrix
FREEZES = [
    pytest.param(*backend.values, moment, marks=backend.marks)
    for backends, moment in ((ON_ONE, "sending"), (ON_THE_OTHER, "downloading"), (ON_ONE if FULL else [], "posting"))
    for backend in backends
]


@pytest.fixture
async def town(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Town]:
    async with a_town(request.param, tmp_path) as town:
        yield town


async def check_all_is_well(town: Town, jobs: Sequence[Job]) -> None:
    """Each ordered once, paid once, posted once, and in the books."""
    assert [type(job.phase) for job in jobs] == [Done] * len(jobs)
    ours = sorted(job.phase.remote_id for job in jobs if isinstance(job.phase, Done))
    assert ours == sorted(line.id for line in town.host.created)
    assert sorted(town.channel.posts.values()) == sorted(job.id for job in jobs)
    costs = await town.store.costs(GUILD, None, Period.ALL)
    assert (costs.spent, costs.reserved) == (PRICE * len(jobs), FREE)
    assert await town.store.check_books() == []


# Stopped past the lease (SIGSTOP), taken over, and back again (SIGCONT)


@pytest.mark.parametrize(("town", "moment"), FREEZES, indirect=["town"])
async def test_a_frozen_worker_is_overtaken_and_changes_nothing_when_it_comes_back(town: Town, moment: str) -> None:
    go = asyncio.Event()
    match moment:
        case "sending":
            town.host.trouble.next(Operation.CREATE, Hang(until=go, after=True))
        case "downloading":
            town.host.trouble.next(Operation.CONTENT, Hang(until=go))
        case _:
            town.channel.open = go
    jobs = await town.order()
    zombie = await town.worker()
    await comes_true(lambda: _has_come_to(town, moment))
    await town.freeze(zombie)
    successor = await town.worker()
    [done] = await town.at_rest(jobs)
    await check_all_is_well(town, [done])
    zombie.thaw()
    go.set()
    await comes_true(lambda: zombie.says("taken on by somebody else") or zombie.says("its step is dropped"))
    await check_all_is_well(town, await town.at_rest(jobs))
    assert await town.store.get(done.id) == done
    assert await successor.stop() == 0
    later = await town.at_rest(await town.order())  # it continues to work normally
    await check_all_is_well(town, [done, *later])
    assert await zombie.stop() == 0


def _has_come_to(town: Town, moment: str) -> bool:
    match moment:
        case "sending":
            return len(town.host.created) == 1
        case "downloading":
            return town.host.asked[Operation.CONTENT] == 1
        case _:
            return town.channel.asked == 1


# Killed


@pytest.mark.parametrize("town", ON_ONE, indirect=True)
async def test_workers_killed_again_and_again_lose_nothing(town: Town) -> None:
    jobs = await town.order(4)
    for number in (1, 2, 3):
        worker = await town.worker(places=1)
        await comes_true(partial(_has_taken, town, number))
        await worker.kill()
    await town.worker(places=1)
    await check_all_is_well(town, await town.at_rest(jobs))


def _has_taken(town: Town, orders: int) -> bool:
    return len(town.host.created) >= orders


# Side by side


@pytest.mark.parametrize("town", ON_THE_OTHER, indirect=True)
async def test_two_workers_share_twenty_jobs_and_their_places(town: Town) -> None:
    workers = [await town.worker(lease=30.0) for _ in range(2)]
    await comes_true(lambda: all(worker.says("ready") for worker in workers))
    jobs = await town.order(20)
    most = 0
    finished = asyncio.create_task(town.at_rest(jobs))
    while not finished.done():
        most = max(most, (await town.store.line(jobs[0], PLACES)).running)
        await asyncio.sleep(0.02)
    await check_all_is_well(town, await finished)
    assert 2 <= most <= 3
    assert [await worker.stop() for worker in workers] == [0, 0]
    shares = [worker.log.read_text().count("posting -> done") for worker in workers]
    assert sum(shares) == 20
    assert min(shares) >= 1
