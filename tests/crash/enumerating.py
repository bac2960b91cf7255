"""Runs of one kind, one for each point at which a process may die.

Each database has two test files, so that four processes share the work.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.runner import Runner
from storage.db.database import Database
from tests.contract.databases import World, a_world
from tests.crash.counters import COUNTERS
from tests.crash.lives import Site
from tests.crash.matrix import MakeRunner, Outcome, Run
from tests.crash.scripts import SEND_FILES, TAKEN_TOO_LATE, Answers, Orders
from tests.extent import FULL

MARKS = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.crash,
    pytest.mark.timeout(600),  # of one kind, in full: a hundred runs on a busy machine
    pytest.mark.usefixtures("quick_films"),
    pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning"),
]

SAMPLE = {Orders.ONE: 2}  # points for each kind of run; 1 for the others
STRIDE = {
    Orders.ONE: 1,
    Orders.DENIED: 1,
    Orders.PAID_AGAIN: 12,
    Orders.SENT_ONCE_MORE: 6,
    Orders.ALIKE: 48,
    Orders.DIFFERENT: 48,
    Orders.WITH_OPTIONS: 48,
    Orders.BATCH: 48,
    Orders.AT_REPLICATE: 48,
    Orders.REMIX_AT_REPLICATE: 24,
    Orders.LISTED_LATE: 6,
    Orders.LISTED_BY_WORDS: 12,
    Orders.NAMED: 6,
    Orders.RESTARTED: 6,
    Orders.FILED: 12,
}  # in full: every n-th point
USUAL_STRIDE = 6
MOST_ALIKE = 3
FULL_ONLY = (
    *(Orders.BATCH, Orders.CANCELLED_TOO_LATE, Orders.OWN_KEY, Orders.APPROVED, Orders.DENIED, Orders.UNDECIDED),
    *(
        Orders.EXTENDED,
        Orders.EXTENDED_BY_FRAME,
        Orders.WITH_OPTIONS,
        Orders.AT_REPLICATE,
        Orders.REMIX_AT_REPLICATE,
        Orders.LISTED_LATE,
        Orders.LISTED_BY_WORDS,
        Orders.NAMED,
        Orders.RESTARTED,
        Orders.FILED,
        Orders.FILED_REMIX,
        Orders.PAID_AGAIN,
        Orders.SENT_ONCE_MORE,
    ),
)
TELLING = (Answers.OK, Answers.RESET_AFTER)  # the answers that all kinds except a single order are sampled with


def kinds(*, in_sample: Callable[[Orders, Answers], bool]) -> Iterator[tuple[Orders, Answers]]:
    """What is ordered, and how the first order is answered, if it is sent at all."""
    for orders, answers in itertools.product(Orders, Answers):
        if orders.is_never_sent and answers is not Answers.OK:
            continue
        if answers is Answers.BROKEN_TWICE and len(orders.prompts) > 1:
            continue  # the second error would hit another order
        if orders.is_taken_too_late and answers is not TAKEN_TOO_LATE[orders]:
            continue
        if answers is Answers.BROKEN_SHOWS and orders in SEND_FILES:
            continue  # the request's content is gone once it is answered
        if FULL or in_sample(orders, answers):
            yield orders, answers


def half(backend: Any, *, in_sample: Callable[[Orders, Answers], bool], first: bool) -> pytest.MarkDecorator:
    """Runs a test with every second kind on a database: a test file stays in one process, and all are too many."""
    mine = list(kinds(in_sample=in_sample))[0 if first else 1 :: 2]
    given = [pytest.param(*backend.values, *kind, marks=backend.marks) for kind in mine]
    return pytest.mark.parametrize(("enumeration", "orders", "answers"), given, indirect=["enumeration"])


@dataclass(frozen=True, kw_only=True)
class Enumeration:
    """All runs of one kind on one database: without a death, then with one at each point that the first passed."""

    world: World
    machines: Sequence[Database]
    site: Site
    folder: Path

    async def run(
        self, answers: Answers, orders: Orders, dies_at: str | None = None, make_runner: MakeRunner = Runner
    ) -> Outcome:
        await self.world.wipe()
        run = Run(
            world=self.world,
            machines=self.machines,
            site=self.site,
            folder=self.folder,
            answers=answers,
            orders=orders,
            dies_at=dies_at,
            make_runner=make_runner,
        )
        return await run.to_its_end()


@asynccontextmanager
async def an_enumeration(backend: str, folder: Path) -> AsyncIterator[Enumeration]:
    site = Site()
    async with a_world(backend, folder) as world, AsyncExitStack() as opened:
        opened.push_async_callback(site.close)
        machines = [await Database.open(world.url) for _ in range(2)]
        for machine in machines:
            opened.push_async_callback(machine.close)
        yield Enumeration(world=world, machines=machines, site=site, folder=folder / "files")


async def check_all(enumeration: Enumeration, orders: Orders, answers: Answers) -> None:
    """Nothing is paid twice and nothing paid for is lost, without a death and with one at each chosen point."""
    began = time.monotonic()
    undisturbed = await enumeration.run(answers, orders)
    assert (undisturbed.complaints, undisturbed.paid_twice, undisturbed.lost) == ([], 0, 0)
    assert isinstance(undisturbed.jobs[0].phase, orders.undisturbed(answers))
    COUNTERS.count(undisturbed, deaths=0)
    wrong: dict[str, list[str]] = {}
    for point in chosen(undisturbed.passed, orders, answers):
        outcome = await enumeration.run(answers, orders, point)
        COUNTERS.count(outcome, deaths=int(point in outcome.passed))
        if outcome.complaints or outcome.paid_twice or outcome.lost:
            wrong[point] = [*outcome.complaints, f"{outcome.paid} paid, {outcome.phases}"]
    COUNTERS.seconds += time.monotonic() - began
    assert wrong == {}


def chosen(points: Sequence[str], orders: Orders, answers: Answers) -> Sequence[str]:
    """Where to die. In full: at every point of one order, at some of two, at different ones with each answer."""
    if not FULL:
        return random.Random(f"{orders}, {answers}").sample(points, SAMPLE.get(orders, 1))
    stride = STRIDE.get(orders, USUAL_STRIDE)
    if orders.is_listed_late or orders.is_named:  # over a long time all polls are alike
        points = [point for point in points if int(point.rpartition("(")[2].rstrip(")")) <= MOST_ALIKE]
    return points[7 * list(Answers).index(answers) % stride :: stride]
