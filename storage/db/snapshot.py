"""What one interaction has read of settings, so that none is asked for twice while it is answered.

It counts for a second: other processes may change what it holds. What this process changes is dropped from all of them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Hashable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.ports.clock import Clock

COUNTS_FOR = timedelta(seconds=1)
Fact = tuple[str, Hashable]  # what kind, and of what


@dataclass(slots=True, eq=False)
class _Snapshot:
    clock: Clock
    taken_at: datetime
    facts: dict[Fact, Any]  # None: there is none

    @property
    def counts(self) -> bool:
        """False, too, once the clock was set back."""
        return timedelta(0) <= self.clock.now() - self.taken_at <= COUNTS_FOR


_current: ContextVar[_Snapshot | None] = ContextVar("snapshot", default=None)
_open: set[_Snapshot] = set()


@contextlib.contextmanager
def reading_from(clock: Clock, taken_at: datetime, facts: Mapping[Fact, Any]) -> Iterator[None]:
    """Within it, and in the tasks that are begun there, these facts are known."""
    snapshot = _Snapshot(clock, taken_at, {**facts})
    token = _current.set(snapshot)
    _open.add(snapshot)
    try:
        yield
    finally:
        _open.discard(snapshot)
        snapshot.facts.clear()  # a task that lasts longer reads for itself
        _current.reset(token)


def known() -> Mapping[Fact, Any]:
    """What need not be read now."""
    snapshot = _current.get()
    return {} if snapshot is None or not snapshot.counts else snapshot.facts


def note(fact: Fact, value: Any) -> None:
    """It was read just now, for whoever needs it next in the same interaction."""
    snapshot = _current.get()
    if snapshot is not None and snapshot in _open and snapshot.counts:
        snapshot.facts[fact] = value


def drop(fact: Fact) -> None:
    """For after this process has changed it."""
    for snapshot in _open:
        snapshot.facts.pop(fact, None)
