"""Ways to decide when to poll next: common ones, and ours."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bench.polling.renders import Render
from bot.domain.job import ProgressAt
from bot.domain.ports.render_history import PastRender
from bot.jobs.timing.forecast import RenderForecast
from bot.jobs.timing.poll_schedule import PollSchedule

HISTORY = 200  # renders of a kind
RENEWED_AFTER = 20  # new renders after which it is updated


class Policy(Protocol):
    """Seconds until the first poll, and from each poll to the next."""

    def first(self, kind: int) -> float: ...

    def wait(self, kind: int, elapsed: float, seen: Sequence[ProgressAt]) -> float: ...

    def learn(self, render: Render, seconds: float, seen: Sequence[ProgressAt]) -> None:
        """A render was seen to have ended with a video."""
        ...


@dataclass(frozen=True, slots=True)
class Simple:
    """Learns nothing. `after` says how long to wait, given the time so far and the progress."""

    after: Callable[[float, int], float]

    def first(self, kind: int) -> float:
        del kind
        return self.after(0.0, 0)

    def wait(self, kind: int, elapsed: float, seen: Sequence[ProgressAt]) -> float:
        del kind
        return self.after(elapsed, seen[-1][1])

    def learn(self, render: Render, seconds: float, seen: Sequence[ProgressAt]) -> None:
        pass


def fixed(seconds: float) -> Simple:
    return Simple(lambda *_: seconds)


def growing(first: float, most: float, factor: float) -> Simple:
    """Exponential backoff."""
    looks, at, wait = dict[float, float](), 0.0, first
    while at < 10_000:
        looks[round(at, 6)] = wait
        at, wait = at + wait, min(most, wait * factor)
    return Simple(lambda elapsed, _: looks.get(round(elapsed, 6), most))


def half_of_remaining(least: float = 1.0, most: float = 20.0) -> Simple:
    """Half of the remaining time by a straight line through the progress; 10 s if there is none."""

    def after(elapsed: float, percent: int) -> float:
        left = elapsed * (100 - percent) / percent if percent else 20.0
        return min(most, max(least, left / 2))

    return Simple(after)


@dataclass(slots=True)
class Ours:
    """The bot's schedule, which learns from its own observations."""

    schedule: PollSchedule = field(default_factory=PollSchedule)
    is_called: bool = False
    learns: bool = True
    _past: dict[int, deque[PastRender]] = field(default_factory=dict)
    _forecasts: dict[int, RenderForecast] = field(default_factory=dict)
    _learnt: int = 0

    def first(self, kind: int) -> float:
        del kind
        return self.schedule.first()

    def wait(self, kind: int, elapsed: float, seen: Sequence[ProgressAt]) -> float:
        if kind not in self._forecasts:
            self._forecasts[kind] = RenderForecast.of(list(self._past.get(kind, ())), None)
        return self.schedule.wait(elapsed, seen, self._forecasts[kind], is_called=self.is_called)

    def learn(self, render: Render, seconds: float, seen: Sequence[ProgressAt]) -> None:
        if not self.learns:
            return
        past = self._past.setdefault(render.kind, deque(maxlen=HISTORY))
        past.append(PastRender(seconds=seconds, seen=seen))
        self._learnt += 1
        if len(past) < RENEWED_AFTER or self._learnt % RENEWED_AFTER == 0:
            self._forecasts.clear()
