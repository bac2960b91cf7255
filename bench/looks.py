"""Whether polls happen on time while many renders are in progress: `python -m bench.looks [renders] [seconds]`.

The worker runs in this process with its database and files; the service answers at once that a render is not done.
Every render is polled every twenty seconds. `--downloads N` adds N downloads that do not end, and one order per second.
`--lists`: the service has a list with a hundred renders per page, and polls are as frequent as for a model that the bot
knows nothing about. `--profile`: where the time is spent.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import pstats
import random
import resource
import tempfile
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from bench.measuring import machine, quantile
from bot.clock import SystemClock
from bot.data_classes import wired
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.money.usd import Usd
from bot.domain.phases import Phase, Rendering, Saving
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Asset, Look, Order, StillMade, Waiting
from bot.jobs.runner import Runner
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.worker import Worker
from bot.providers.common.lists import Glance, still_made
from storage.db.database import Database
from storage.files.local import LocalFiles
from storage.jobs.mapping import row_of
from storage.tables import jobs
from tests.builders import a_job, a_request
from tests.migrated import a_migrated_database
from tests.scripted import RecordingPublisher, ScriptedProvider
from tests.stores import JobStores
from tests.workbench import a_step_context

EVERY = 20.0  # seconds between two polls of a render, a tenth more or less
FIRST = 3.0  # seconds that are not counted; all polls are due within twenty from the start
ON_TIME = 1.0  # seconds
BETWEEN_ORDERS = 1.0  # seconds
PAGE = 100  # renders per page of the service's list
BUDGET = Usd.of(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load that is measured."""

    renders: int = 1000
    seconds: int = 60
    downloads: int | None = None  # None: no downloads or orders beside the polls
    lists: bool = False
    profile: bool = False


@dataclass
class Service(ScriptedProvider):
    """Makes videos endlessly, and sends them so slowly that none arrives."""

    lists_all: bool = False
    requests: int = 0  # polls of renders
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)  # the measurement has ended, so downloads may, too
    ordered: dict[str, float] = field(default_factory=dict)  # when the order of each prompt arrived

    async def submit(self, order: Order) -> str:
        self.ordered[order.prompt] = time.monotonic()
        return f"ordered {order.prompt}"

    async def look(self, remote_id: str) -> Look:
        del remote_id
        self.requests += 1
        return Waiting()

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        """Newest first, if it has a list at all."""
        newest = sorted(remote_ids, key=lambda each: (len(each), each), reverse=True)

        async def ask(after: str | None) -> Glance:
            self.requests += 1
            begin = int(after or 0)
            page = newest[begin : begin + PAGE]
            is_last = begin + PAGE >= len(newest)
            return Glance(
                shown=frozenset(page), waiting=dict.fromkeys(page, Waiting()), is_last=is_last, after=str(begin + PAGE)
            )

        return await still_made(ask, remote_ids, due) if self.lists_all else None

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        await self.has_ended.wait()
        return await super().fetch(remote_id, asset, target)


@wired
class DatedStore(JobStores):
    """Remembers when each render is due."""

    due: dict[str, float] = field(default_factory=dict)

    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        moved = await super().move(lease, job, after, keep=keep, result=result)
        if isinstance(job.phase, Rendering) and after is not None:
            self.due[job.id] = time.monotonic() + after
        return moved


class LateRunner(Runner):
    """Records how late each poll is."""

    late: list[float]
    due: dict[str, float]

    async def advance(self, lease: Lease) -> None:
        due = self.due.pop(lease.job.id, None)
        if due is not None and isinstance(lease.job.phase, Rendering):
            self.late.append(max(0.0, time.monotonic() - due))
        await super().advance(lease)

    def missed(self) -> list[float]:
        """How late the polls are that have not happened yet."""
        now = time.monotonic()
        return [now - due for due in self.due.values() if now - due > ON_TIME]


async def measure(load: Load) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = await Database.open(await a_migrated_database(folder / "kinora.db"))
        try:
            await _measure(database, folder, load)
        finally:
            await database.close()


async def _measure(database: Database, folder: Path, load: Load) -> None:
    clock, publisher, service = SystemClock(), RecordingPublisher(), Service(lists_all=load.lists)
    store = DatedStore(database=database, clock=clock, budget=BUDGET)
    context = a_step_context(
        database,
        store=store,
        clock=clock,
        provider=service,
        publisher=publisher,
        files=LocalFiles(folder / "files"),
        poll_schedule=PollSchedule() if load.lists else PollSchedule(least=EVERY, most=EVERY),
    )
    store.due.update(await _fill(database, clock.now(), load))
    runner = LateRunner(context)
    runner.late, runner.due = [], store.due
    limits = ConcurrencyLimits(total=10 * load.renders)
    worker = Worker(store, runner, limits, name="bench", lease_seconds=60.0, handed_back=context.handed_back)
    context.events.listen(worker.wake)
    profiler = cProfile.Profile()
    working = asyncio.create_task(worker.run())
    await asyncio.sleep(EVERY + FIRST if load.lists else FIRST)  # a list is queried for renders that were polled before
    runner.late.clear()
    service.requests = 0
    worked, began = time.process_time(), time.monotonic()
    if load.profile:
        profiler.enable()
    waits = [] if load.downloads is None else await _order(store, service, worker, load.seconds)
    await asyncio.sleep(load.seconds - (time.monotonic() - began))
    profiler.disable()
    _tell(load, runner, time.monotonic() - began, time.process_time() - worked)
    print(f"requests that asked how renders are {service.requests}")
    _tell_of_orders(load, waits)
    service.has_ended.set()
    worker.stop()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    if load.profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


async def _fill(database: Database, now: datetime, load: Load) -> dict[str, float]:
    """All on one server, due within twenty seconds; returns when each is due."""
    rng, began = random.Random(1), time.monotonic()
    started = [now - timedelta(seconds=rng.uniform(0, 60)) for _ in range(load.renders)]
    phases: list[Phase] = [Rendering(remote_id=f"video_{n}", started_at=at) for n, at in enumerate(started)]
    phases += [Saving(remote_id=f"slow_{number}", started_at=now) for number in range(load.downloads or 0)]
    filled = [a_job(phase, created_at=now, owner_id=1000 + n % 50) for n, phase in enumerate(phases)]
    due = {job.id: rng.uniform(0, EVERY) for job in filled}
    rows = [_row(job, now, due[job.id]) for job in filled]
    await database.write(lambda connection: connection.execute(insert(jobs), rows))
    return {job.id: began + due[job.id] for job in filled[: load.renders]}


def _row(job: Job, now: datetime, due: float) -> dict[str, object]:
    free = {"lease_epoch": 0, "crashes": 0, "reserved": job.quote.micros, "period": f"{now:%Y-%m}"}
    return row_of(job) | free | {"next_at": now + timedelta(seconds=due)}


async def _order(store: JobStores, service: Service, worker: Worker, seconds: int) -> list[float]:
    """Seconds from each order to its request; for one that was not sent, until now."""
    sent: dict[str, float] = {}
    for number in range(int((seconds - 1) / BETWEEN_ORDERS)):
        request = a_request(prompt=f"order {number}")
        sent[request.prompt] = time.monotonic()
        await store.add(a_job(request=request, owner_id=5000 + number, created_at=store.clock.now()))
        worker.wake()
        await asyncio.sleep(BETWEEN_ORDERS)
    now = time.monotonic()
    return [service.ordered.get(prompt, now) - at for prompt, at in sent.items()]


def _tell(load: Load, runner: LateRunner, seconds: float, worked: float) -> None:
    made, late = len(runner.late), [*runner.late, *runner.missed()]
    on_time = sum(each <= ON_TIME for each in late) / len(late)
    often = "looked at as the bot does" if load.lists else f"a look at each every {EVERY:.0f} s"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{machine()}; {load.renders} renders, {often}, for {seconds:.0f} s")
    print(f"looks wanted {len(late)}, made {made}, within {ON_TIME:.0f} s of due {on_time:.1%}", end="")
    print(f"; late p50 {quantile(late, 0.5):.2f} s, p99 {quantile(late, 0.99):.2f} s")
    print(f"processor {worked / seconds:.0%} of one core, {1000 * worked / max(1, made):.2f} ms a look", end="")
    print(f"; {memory:.0f} MB at most")


def _tell_of_orders(load: Load, waits: list[float]) -> None:
    if waits:
        print(
            f"beside {load.downloads} downloads: {len(waits)} orders, sent after p50 {quantile(waits, 0.5):.2f} s",
            end="",
        )
        print(f", at most {max(waits):.2f} s")


def main(words: Iterable[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.looks", description=__doc__)
    parser.add_argument("renders", type=int, nargs="?", default=1000)
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    parser.add_argument("--downloads", type=int, metavar="N")
    parser.add_argument("--lists", action="store_true")
    parser.add_argument("--profile", action="store_true")
    asyncio.run(measure(Load(**vars(parser.parse_args(None if words is None else list(words))))))


if __name__ == "__main__":
    main()
