"""How long a render still takes, from this server's own history. Pure: time is given in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Job, QueuePosition
from bot.domain.phases import Queued, Rendering

ENOUGH_HISTORY = 3  # renders; below that the model card's own figure is the better guess
HARDLY_STARTED = 3  # percent; below that a reported progress says nothing about the pace
LATE = 1.5  # times the usual: from here on a card says that it takes longer than usual


@dataclass(frozen=True, slots=True)
class RenderTimes:
    """What is known of one kind of render: seconds of past ones, and the card's figure for when there are none."""

    times: Sequence[float]
    typical: float

    @property
    def usual(self) -> float:
        """Seconds from accepted order to finished video."""
        return statistics.median(self.times) if len(self.times) >= ENOUGH_HISTORY else self.typical

    def remaining(self, elapsed: float, progress: int | None) -> float | None:
        """Seconds still to go, or None when it has outlasted everything known."""
        if progress is not None and progress >= HARDLY_STARTED:
            return elapsed * (100 - progress) / progress
        longer = [seconds - elapsed for seconds in self.times if seconds > elapsed]
        if len(longer) >= ENOUGH_HISTORY:
            return statistics.median(longer)
        return self.usual - elapsed if elapsed < self.usual else None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEstimate:
    """How an open job stands, for its card."""

    line: QueuePosition | None  # only while it waits
    ready_at: datetime | None  # None when nobody can say
    late: bool = False


def estimate(job: Job, line: QueuePosition | None, render_times: RenderTimes, now: datetime) -> JobEstimate:
    match job.phase:
        case Queued() if line is not None:
            rounds = (line.ahead + line.running) // line.places + 1
            return JobEstimate(line=line, ready_at=now + timedelta(seconds=rounds * render_times.usual))
        case Rendering(started_at=started, progress=progress):
            elapsed = (now - started).total_seconds()
            left = render_times.remaining(elapsed, progress)
            ready = None if left is None else now + timedelta(seconds=left)
            return JobEstimate(line=None, ready_at=ready, late=elapsed > LATE * render_times.usual)
        case _:
            return JobEstimate(line=None, ready_at=None)
