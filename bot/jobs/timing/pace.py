"""How long to wait between two claims, so that many polls are claimed together. Pure.

Each claim has a cost, whatever it yields. If polls are few, none of them waits; if hundreds are due per second, those
of a fifth of a second are claimed together.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

LONGEST = 0.2  # seconds
FAST = 50  # polls per second from which the wait is that long
TOGETHER = 2  # polls expected after a pause: enough to claim without first checking whether any is due
WINDOW = 2.0  # seconds over which polls are counted


@dataclass(slots=True)
class ClaimPace:
    """Given the polls that were claimed, in seconds of a monotonic clock."""

    _claims: deque[tuple[float, int]] = field(default_factory=deque)

    _is_behind: bool = False

    def note(self, looks: int, at: float, *, room: int) -> None:
        """`room`: how many there was capacity for. If all of it was used, more are due, and are not waited for."""
        if not room:
            return  # a claim of other steps, which says nothing about polls
        self._is_behind = looks >= room
        if looks:
            self._claims.append((at, looks))

    def pause(self, at: float) -> float:
        """Seconds between this claim and the next."""
        return 0.0 if self._is_behind else LONGEST * min(1.0, self._per_second(at) / FAST)

    def expects_looks(self, at: float) -> bool:
        """Whether some are almost certain to be due after the pause."""
        return self._is_behind or self._per_second(at) * self.pause(at) >= TOGETHER

    def _per_second(self, at: float) -> float:
        while self._claims and self._claims[0][0] < at - WINDOW:
            self._claims.popleft()
        return sum(looks for _, looks in self._claims) / WINDOW
