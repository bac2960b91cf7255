"""SQL that is compiled once in a process of tests, and not anew for each database that a test opens.

Compiling took half of the processor time of the stores' tests: a bot does it once for each statement, a test for nearly
each one it says. An engine looks it up by its own dialect, of which all for one kind of database are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Compiled, Connection, Dialect, Engine, event

Key = tuple[Dialect, Any, tuple[str, ...], bool, bool]  # the first by which SQLAlchemy looks for what it has compiled


class CompiledOnce(dict[Any, Compiled]):
    """As an engine's own cache, for all engines of the process."""

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Key, compiled: Compiled) -> None:
        super().__setitem__(_of_a_kind(key), compiled)


@contextmanager
def compiled_once() -> Iterator[CompiledOnce]:
    """What was compiled for whoever connects to a database meanwhile."""
    statements = CompiledOnce()

    def share(connection: Connection) -> None:
        connection.execution_options(compiled_cache=statements)

    event.listen(Engine, "engine_connect", share)
    try:
        yield statements
    finally:
        event.remove(Engine, "engine_connect", share)


def _of_a_kind(key: Key) -> tuple[object, ...]:
    dialect, *rest = key
    return (dialect.name, *rest)
