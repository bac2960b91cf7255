"""Who may start a process next: finished videos before pictures, and members' pictures in turn."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

VIDEOS = -1  # the queue of videos: somebody has paid for them
JOINS = -2  # the queue of joins, which may take minutes; so they never take all slots if there are several
ANYBODY = 0  # the queue of pictures without a member; each member's pictures have their own, by the member's id


class FairQueue:
    """Slots for `total` processes. If there are several, neither joins nor one member's pictures take them all."""

    def __init__(self, total: int) -> None:
        self._free = total
        self._most_of_a_line = max(1, total - 1)
        self._busy: Counter[int] = Counter()  # slots taken, by queue
        self._lines: dict[int, deque[asyncio.Future[None]]] = {}  # in the order of their turns

    @asynccontextmanager
    async def place(self, line: int) -> AsyncIterator[None]:
        """Wait in that queue for a slot, and hold it."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(line, deque()).append(turn)
        self._call()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # resumed and cancelled at the same moment
                self._leave(line)
            raise
        try:
            yield
        finally:
            self._leave(line)

    def _call(self) -> None:
        while self._free and (line := self._next()) is not None:
            waiting = self._lines.pop(line)
            turn = waiting.popleft()
            if waiting:
                self._lines[line] = waiting  # after all others
            if not turn.cancelled():
                self._free -= 1
                self._busy[line] += 1
                turn.set_result(None)

    def _next(self) -> int | None:
        if VIDEOS in self._lines:
            return VIDEOS
        return next((line for line in self._lines if self._may_have_another(line)), None)

    def _may_have_another(self, line: int) -> bool:
        return line == ANYBODY or self._busy[line] < self._most_of_a_line

    def _leave(self, line: int) -> None:
        self._free += 1
        self._busy[line] -= 1
        if not self._busy[line]:
            del self._busy[line]
        self._call()
