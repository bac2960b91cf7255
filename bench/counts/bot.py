"""The shipped bot, `-m bench.counts.bot`: logs each transaction in the file `transactions` of its folder."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

from bot import app
from bot.settings import read_settings
from bot.wiring import stores as assembly
from storage.db.database import Database, Work

T = TypeVar("T")
TRANSACTIONS = "transactions"
UNNAMED = re.compile(r"Task-\d+$")
_begun_by: WeakKeyDictionary[asyncio.Task[Any], asyncio.Task[Any]] = WeakKeyDictionary()
_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


class CountingDatabase(Database):
    async def write(self, work: Work[T], *, urgent: bool = False) -> T:
        with _noted("write"):
            return await super().write(work, urgent=urgent)

    async def read(self, work: Work[T]) -> T:
        with _noted("read"):
            return await super().read(work)


@contextmanager
def _noted(kind: str) -> Iterator[None]:
    statements = list[str]()
    token = _statements.set(statements)
    try:
        yield
    finally:
        _statements.reset(token)
        line = {"kind": kind, "task": _whose(asyncio.current_task()), "statements": statements}
        with Path(TRANSACTIONS).open("a") as file:
            file.write(json.dumps(line) + "\n")


def _whose(task: asyncio.Task[Any] | None) -> str:
    """The name of the task, or of the task that started it if it has none."""
    while task is not None and UNNAMED.match(task.get_name()) and (begun_by := _begun_by.get(task)) is not None:
        task = begun_by
    return "" if task is None else task.get_name()


def _begin(loop: asyncio.AbstractEventLoop, coroutine: Any, context: Context | None = None) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context)
    if (current := asyncio.current_task(loop)) is not None:
        _begun_by[task] = current
    return task


async def _run() -> None:
    asyncio.get_running_loop().set_task_factory(_begin)
    await app.run(read_settings())


def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    statements = _statements.get()
    if statements is not None and statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        statements.append(statement)


if __name__ == "__main__":
    event.listen(Engine, "before_cursor_execute", _note)
    with patch.object(assembly, "Database", CountingDatabase):
        asyncio.run(_run())
