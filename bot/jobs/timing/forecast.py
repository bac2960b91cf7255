"""What past renders of a kind say about when the next one ends. Pure: the results of polls are passed in.

Services report progress in their own ways: in even steps, ever slower, or stuck at 99 % for long. So for each kind, by
tenths of progress, it is learnt how far the end was from where a straight line would have put it. Forecast ends that
have passed are dropped: a render stuck at 99 % is polled often at first, then ever less.
"""

from __future__ import annotations

import math
import statistics
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from statistics import NormalDist

from bot.data_classes import value_object
from bot.domain.job import ProgressAt
from bot.domain.ports.render_history import PastRender
from bot.jobs.timing.render_times import RenderTimes

HARDLY_STARTED = 3  # percent; below that, reported progress says nothing about the pace
ENOUGH = 10  # past renders; fewer are no history
ENOUGH_ERRORS = 20  # per tenth
ENOUGH_LEFT = 3  # samples; fewer say nothing
POINTS = 60  # that represent a distribution
SPREAD = 0.7  # of the logarithms of durations, for an unknown kind
NEARLY_ALL = 0.995  # of past renders

_SHARES = [0.01 + 0.98 * number / (POINTS - 1) for number in range(POINTS)]
_NORMAL = [NormalDist().inv_cdf(share) for share in _SHARES]


def noted(seen: Sequence[ProgressAt], look: ProgressAt) -> tuple[ProgressAt, ...]:
    """With one more poll, and without those that add nothing: at most 23 stay.

    They are the first and the last of each tenth that saw it move, and the latest of all.
    """
    kept = list(seen)
    if len(kept) > 1 and kept[-1][1] == kept[-2][1]:
        kept.pop()  # it only showed that nothing had moved since
    if len(kept) > 1 and kept[-1][1] != look[1] and _tenth(kept[-2]) == _tenth(kept[-1]) == _tenth(look):
        kept.pop()
    return (*kept, look)


def _ended(render: PastRender) -> float:
    """Seconds after which it ended: half the last wait before that was seen.

    Learning from ends as they are seen would lengthen the next wait, and so see the next end later still.
    """
    return (render.seen[-1][0] + render.seconds) / 2 if render.seen else render.seconds


@value_object
class RenderForecast:
    """For one kind of render. Its size is bounded."""

    times: Sequence[float]  # sorted seconds
    errors: Mapping[int, Sequence[float]] = field(default_factory=dict)  # by tenths, sorted logarithms

    @classmethod
    def of(cls, past: Sequence[PastRender], typical: float | None) -> RenderForecast:
        """`typical`: the model card's duration in seconds."""
        times = [_ended(render) for render in past]
        if len(times) < ENOUGH:
            usual = RenderTimes(times, typical).usual
            times = [usual * math.exp(SPREAD * point) for point in _NORMAL]
        errors: dict[int, list[float]] = {}
        for render in past:
            for tenth, error in _errors(render):
                errors.setdefault(tenth, []).append(error)
        learnt = {tenth: _points(found) for tenth, found in errors.items() if len(found) >= ENOUGH_ERRORS}
        return cls(times=sorted(times), errors=learnt)

    @property
    def late(self) -> float:
        """Seconds after which nearly all had ended."""
        return self.times[int(NEARLY_ALL * (len(self.times) - 1))]

    def median_left(self, elapsed: float, seen: Sequence[ProgressAt]) -> float | None:
        """The median of the remaining seconds; None if it has outlasted everything known."""
        ahead, end_of = self._ahead(elapsed, seen)
        if len(ahead) < ENOUGH_LEFT:
            return None
        middle = ahead[(len(ahead) - 1) // 2 : len(ahead) // 2 + 1]
        return statistics.fmean(map(end_of, middle)) - elapsed

    def left(self, elapsed: float, seen: Sequence[ProgressAt]) -> Sequence[float]:
        """Equally likely remaining seconds; fewer than `ENOUGH_LEFT` if it has outlasted everything known."""
        ahead, end_of = self._ahead(elapsed, seen)
        return [end_of(each) - elapsed for each in ahead]

    def _ahead(self, elapsed: float, seen: Sequence[ProgressAt]) -> tuple[Sequence[float], Callable[[float], float]]:
        """What may still come, soonest first, and how to compute from one of it after how many seconds it ends."""
        at, percent = _moved(seen)
        if percent < HARDLY_STARTED:
            return self.times[bisect_right(self.times, elapsed) :], float
        straight, learnt = _straight_on(at, percent), self.errors.get(_tenth((at, percent)))
        errors, spread = (_NORMAL, _guessed_spread(percent)) if learnt is None else (learnt, 1.0)

        def end_of(error: float) -> float:
            return at + straight * math.exp(spread * error)

        return errors[bisect_right(errors, elapsed, key=end_of) :], end_of


def _moved(seen: Sequence[ProgressAt]) -> ProgressAt:
    """The first poll that saw as much progress as the last one."""
    if len(seen) > 1 and seen[-2][1] == seen[-1][1]:
        return seen[-2]
    return seen[-1] if seen else (0.0, 0)


def _errors(render: PastRender) -> Iterator[tuple[int, float]]:
    """By tenths: the logarithm of the actual remaining time over that at a constant pace."""
    end, known = _ended(render), -1
    for at, percent in render.seen:
        if percent > known and percent >= HARDLY_STARTED and 0 < at < end:
            yield _tenth((at, percent)), math.log((end - at) / _straight_on(at, percent))
        known = percent


def _tenth(look: ProgressAt) -> int:
    return look[1] // 10


def _straight_on(at: float, percent: int) -> float:
    """Remaining seconds at a constant pace."""
    return at * (100 - min(percent, 99)) / percent


def _points(found: Sequence[float]) -> Sequence[float]:
    ordered = sorted(found)
    return [ordered[int(share * len(ordered))] for share in _SHARES]


def _guessed_spread(percent: int) -> float:
    """Of the logarithms, before anything is learnt: the further it is, the smaller."""
    return 0.6 - 0.3 * percent / 100
