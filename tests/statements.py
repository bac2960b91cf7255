"""Compiles each SQL statement once per test process, and not again for each database that a test opens.

Compiling took half of the processor time of the stores' tests: a bot does it once for each statement, a test for almost
each one it runs. An engine caches by its own dialect, and those of one kind of database are equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Compiled, Connection, Dialect, Engine, event

Key = tuple[Dialect, Any, tuple[str, ...], bool, bool]  # the first is SQLAlchemy's cache key


class CompiledOnce(dict[Any, Compiled]):
    """Works like an engine's own cache, for all engines of the process."""

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get(_of_a_kind(key), default)

    def __setitem__(self, key: Key, compiled: Compiled) -> None:
        super().__setitem__(_of_a_kind(key), compiled)


@contextmanager
def compiled_once() -> Iterator[CompiledOnce]:
    """The statements compiled for databases that are opened meanwhile."""
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
