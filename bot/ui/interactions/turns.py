"""How many interactions are worked out at once: without a bound each slows down all others, and none is quick."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

AT_ONCE = 4  # of 40 that come in a second and take 20 ms each, one in a hundred finds all turns taken
LONGEST = 0.25  # seconds; whoever takes longer waits for something outside, and holds nobody up


@dataclass(slots=True, kw_only=True)
class Turns:
    """Who comes first is served first."""

    at_once: int = AT_ONCE
    longest: float = LONGEST
    _taken: int = 0
    _line: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def are_taken(self) -> bool:
        """Whether whoever comes now has to wait."""
        return self._taken >= self.at_once

    def take(self) -> None:
        """It lasts until the present task ends."""
        self._taken += 1
        self._begin()

    async def wait(self) -> None:
        """Take a turn as soon as there is one."""
        if not self.are_taken:
            self.take()
            return
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_on()
            raise
        self._begin()

    def _begin(self) -> None:
        is_over = False

        def end(*_: object) -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                clock.cancel()
                self._pass_on()

        clock = asyncio.get_running_loop().call_later(self.longest, end)
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(end)

    def _pass_on(self) -> None:
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


def turns() -> Turns:
    """Those of this event loop."""
    return _turns.setdefault(asyncio.get_running_loop(), Turns())
