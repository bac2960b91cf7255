"""The time in the simulated world, and the signal for those who wait for a change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE = 60.0  # seconds for a change that is certain to come: a busy machine needs some of them


class Clock:
    """The wall clock, plus whatever it was advanced by: fifteen minutes pass in no time."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._stopped: float | None = None

    def now(self) -> float:
        """Seconds since 1970."""
        return (time.time() if self._stopped is None else self._stopped) + self._ahead

    def skip(self, seconds: float) -> None:
        self._ahead += seconds

    def stop(self) -> None:
        """From now on only `skip` moves it."""
        self._stopped = time.time()

    def stamp(self) -> str:
        """The current time in Discord's format."""
        return datetime.fromtimestamp(self.now(), UTC).isoformat()


class Bell:
    """Rings at each change. Waiting costs nothing and misses nothing."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def until(self, predicate: Callable[[], T], within: float) -> T:
        """Wait until `predicate()` is truthy and return its value. TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while not (value := predicate()):
                await self._next.wait()
            return value
