"""The settings that one interaction has read, so that none is queried twice while it is answered.

An entry is valid for a second after it was read: other processes may change the setting. What this process changes is
dropped from all snapshots, including those being read just then. How renders ended is only cached, and may be a second
old.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Hashable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.ports.clock import Clock

COUNTS_FOR = timedelta(seconds=1)
Fact = tuple[str, Hashable]  # what kind, and of what


@dataclass(slots=True, eq=False)
class _Snapshot:
    clock: Clock
    taken_at: datetime
    facts: dict[Fact, Any] = field(default_factory=dict)  # None: there is none
    changed: set[Fact] = field(default_factory=set)  # by this process meanwhile: what was read of them may be older
    is_over: bool = False

    @property
    def counts(self) -> bool:
        """False, too, after the clock was set back."""
        return not self.is_over and timedelta(0) <= self.clock.now() - self.taken_at <= COUNTS_FOR

    def note(self, facts: Mapping[Fact, Any]) -> None:
        if self.counts:
            self.facts |= {fact: value for fact, value in facts.items() if fact not in self.changed}

    def drop(self, fact: Fact) -> None:
        self.changed.add(fact)
        self.facts.pop(fact, None)

    def end(self) -> None:
        """Permanently: a task that lasts longer reads for itself."""
        self.is_over = True
        self.facts.clear()


_current: ContextVar[_Snapshot | None] = ContextVar("snapshot", default=None)
_open: set[_Snapshot] = set()


@contextlib.asynccontextmanager
async def reading_from(clock: Clock, read: Awaitable[Mapping[Fact, Any]]) -> AsyncIterator[None]:
    """Within it, and in tasks started there, the facts that were read are known."""
    snapshot = _Snapshot(clock, clock.now())
    _open.add(snapshot)
    try:
        found = await read
        snapshot.taken_at = clock.now()  # if reading takes a second, reading everything once more would take another
        snapshot.note(found)
        token = _current.set(snapshot)
        try:
            yield
        finally:
            _current.reset(token)
    finally:
        _open.discard(snapshot)
        snapshot.end()


def known() -> Mapping[Fact, Any]:
    """What need not be read now."""
    snapshot = _current.get()
    return {} if snapshot is None or not snapshot.counts else snapshot.facts


def note(fact: Fact, value: Any) -> None:
    """It was read just now, for the next reader in the same interaction."""
    snapshot = _current.get()
    if snapshot is not None:
        snapshot.note({fact: value})


def drop(fact: Fact) -> None:
    """After this process has changed it."""
    for snapshot in _open:
        snapshot.drop(fact)


def drop_all() -> None:
    """After this process has changed facts that it does not name."""
    for snapshot in _open:
        snapshot.end()
