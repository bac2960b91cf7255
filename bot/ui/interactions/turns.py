"""Limits how many interactions are handled at once: without a limit each slows down all others."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

AT_ONCE = 4  # if 40 come in per second and take 20 ms each, one in a hundred finds all turns taken
LONGEST = 0.25  # seconds; longer ones wait for something external, and do not hold up others
LATE = 0.02  # seconds; if the event loop lags by more, they wait for it and not for something external
LOOK_AGAIN = 0.05  # seconds


@dataclass(slots=True, kw_only=True)
class Turns:
    """First come, first served."""

    at_once: int = AT_ONCE
    longest: float = LONGEST
    _taken: int = 0
    _line: deque[asyncio.Future[None]] = field(default_factory=deque)

    @property
    def are_taken(self) -> bool:
        """Whether a new interaction has to wait."""
        return self._taken >= self.at_once

    def take(self) -> None:
        """The turn lasts until the current task ends. Taking one without waiting makes others wait longer."""
        self._taken += 1
        self._begin()

    async def wait(self) -> None:
        """Take a turn as soon as one is free."""
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
        turn = _Turn(self._pass_on)
        turn.look_in(self.longest)
        if (task := asyncio.current_task()) is not None:
            task.add_done_callback(turn.end)

    def _pass_on(self) -> None:
        while self._line and self._taken <= self.at_once:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._taken -= 1


@dataclass(slots=True)
class _Turn:
    """A turn that is taken."""

    pass_on: Callable[[], None]
    clock: asyncio.TimerHandle | None = None
    is_over: bool = False

    def look_in(self, seconds: float) -> None:
        """End the turn after so many seconds; later if the event loop lags: that may be all that its task waits for."""
        loop = asyncio.get_running_loop()
        due = loop.time() + seconds
        self.clock = loop.call_at(due, self._look, due)

    def _look(self, due: float) -> None:
        if asyncio.get_running_loop().time() - due <= LATE:
            self.end()
        else:
            self.look_in(LOOK_AGAIN)

    def end(self, *_: object) -> None:
        if self.is_over:
            return
        self.is_over = True
        if self.clock is not None:
            self.clock.cancel()
        self.pass_on()


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = WeakKeyDictionary()


def turns() -> Turns:
    """The turns of this event loop."""
    return _turns.setdefault(asyncio.get_running_loop(), Turns())
