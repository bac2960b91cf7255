"""The shipped bot, `-m bench.counts.bot`: each transaction is written down in the file `transactions` of its folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from sqlalchemy import Engine, event

from bot import app
from bot.settings import read_settings
from bot.wiring import stores as assembly
from storage.db.database import Database, Work

T = TypeVar("T")
TRANSACTIONS = "transactions"
_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


class CountingDatabase(Database):
    async def write(self, work: Work[T]) -> T:
        with _noted("write"):
            return await super().write(work)

    async def read(self, work: Work[T]) -> T:
        with _noted("read"):
            return await super().read(work)


@contextmanager
def _noted(kind: str) -> Iterator[None]:
    task, statements = asyncio.current_task(), list[str]()
    token = _statements.set(statements)
    try:
        yield
    finally:
        _statements.reset(token)
        line = {"kind": kind, "task": "" if task is None else task.get_name(), "statements": statements}
        with Path(TRANSACTIONS).open("a") as file:
            file.write(json.dumps(line) + "\n")


def _note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    statements = _statements.get()
    if statements is not None and statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
        statements.append(statement)


if __name__ == "__main__":
    event.listen(Engine, "before_cursor_execute", _note)
    with patch.object(assembly, "Database", CountingDatabase):
        asyncio.run(app.run(read_settings()))
