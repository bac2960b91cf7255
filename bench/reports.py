"""How long queries take: `python -m bench.reports [sqlite|postgresql] [videos] [rounds] [folder] [questions]`.

By default 1,000,000 videos, 60 rounds and all queries; otherwise those whose name begins with one of the words, such as
`/costs,/stats`. Each is made like the bot does, through its store, on a database in a temporary folder, or in a given
one that is kept for the next time. Each statement is timed at the driver, and its plan printed.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.databases import Statements, explain, filled
from bench.measuring import machine, quantile
from bench.questions import Ask, add_the_rest, baseline, questions
from storage.db.database import Database
from storage.money.audit import audit
from storage.reports.rebuild import mend

RUNS = 3


async def main(backend: str, videos: int, rounds: int, folder: Path | None, wanted: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        async with filled(backend, folder or Path(temporary), videos, add_the_rest) as database:
            if not any(wanted):
                await _check(database)
            print(f"{machine()}; {backend}, {videos:,} videos, half of them on one server; milliseconds")
            print(f"load at the start: {os.getloadavg()[0]:.1f}; {RUNS} runs of {rounds} rounds, their median")
            print("p50, p99: of whole answers; slowest: of their statements; worked: of processors for a statement;")
            print("beside: a job by its id, asked in turns with it")
            print(f"{'':<38}{'p50':>8}{'p99':>8}{'slowest p99':>13}{'worked p99':>12}{'its p50':>9}{'beside p99':>12}")
            statements = Statements()
            for name, ask in questions(database).items():
                if not name.startswith(wanted):
                    continue
                print(f"{name:<38}{await _row(ask, baseline(database), rounds, statements)}", flush=True)
            await explain(backend, database, statements)


async def _row(ask: Ask, beside: Ask, rounds: int, statements: Statements) -> str:
    await ask()
    runs = [await _run(ask, beside, rounds, statements) for _ in range(RUNS)]
    columns = [statistics.median(column) * 1000 for column in zip(*runs, strict=True)]
    return "".join(f"{value:>{width}.1f}" for value, width in zip(columns, (8, 8, 13, 12, 9, 12), strict=True))


async def _run(ask: Ask, beside: Ask, rounds: int, statements: Statements) -> tuple[float, ...]:
    """Median and p99 of answers; p99 of the slowest statement, of the most processor time, and of the baseline."""
    answers, others, ours = list[float](), list[float](), Statements()
    for _ in range(rounds):
        with ours.noted():
            answers.append(await _timed(ask))
        others.append(await _timed(beside))
    slowest = max(quantile(times, 0.99) for times in ours.times.values())
    hardest = max((quantile(times, 0.99), quantile(times, 0.5)) for times in ours.worked.values())
    statements.add(ours)
    return quantile(answers, 0.5), quantile(answers, 0.99), slowest, *hardest, quantile(others, 0.99)


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def _check(database: Database) -> None:
    began = time.perf_counter()
    print(f"the sums of {len(await mend(database))} servers made in {time.perf_counter() - began:.1f} s", flush=True)
    began = time.perf_counter()
    found = [str(each) for each in await audit(database) if "do not agree" in str(each)]
    print(f"books read in {time.perf_counter() - began:.1f} s; wrong sums: {found}", flush=True)


if __name__ == "__main__":
    _said = [*sys.argv[1:], *("sqlite", "1000000", "60", "", "")[len(sys.argv) - 1 :]]
    _backend, _videos, _rounds, _folder, _wanted = _said
    _asked = main(_backend, int(_videos), int(_rounds), Path(_folder) if _folder else None, tuple(_wanted.split(",")))
    asyncio.run(_asked)
