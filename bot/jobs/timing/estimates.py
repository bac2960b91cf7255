"""How long a render still takes, from this server's own history. Pure: time is given in."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Job, QueuePosition
from bot.domain.models.card import TYPICAL_SECONDS, ModelCard
from bot.domain.phases import Queued, Rendering
from bot.domain.ports.render_history import PastRenders

ENOUGH_HISTORY = 3  # renders; below that the model card's own figure is the better guess
HARDLY_STARTED = 3  # percent; below that a reported progress says nothing about the pace
NEARLY_DONE = 90  # percent; a service that reports less is not done "any moment"
LATE = 1.5  # times the usual: from here on a card says that it takes longer than usual
BAR_STEPS = 10  # of an estimated bar, so that its card is drawn as often at most
LEAST_STEP = 5.0  # seconds between them
MOST_ESTIMATED = 90  # percent; the end is not estimated, it is seen


@dataclass(frozen=True, slots=True)
class RenderTimes:
    """What is known of one kind of render: seconds of past ones, and the card's figure for when there are none.

    `here`: those of them that were made on the server that asks.
    """

    times: Sequence[float]
    typical: float | None
    here: Sequence[float] = ()

    @classmethod
    def of(cls, past: PastRenders, card: ModelCard | None) -> RenderTimes:
        """`card` is None when the model has left the catalogue."""
        return cls(past.anywhere, card.typical if card else None, past.here)

    @property
    def usual(self) -> float:
        """Seconds from accepted order to finished video, as a guess to work with."""
        if len(self.times) >= ENOUGH_HISTORY:
            return statistics.median(self.times)
        return TYPICAL_SECONDS if self.typical is None else self.typical

    @property
    def told(self) -> float | None:
        """What people are told is usual: on their server, else on this installation, else what the card says."""
        times = self.here or self.times
        return statistics.median(times) if times else self.typical

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
    usual: float | None = None  # seconds from accepted order to finished video; None when nobody knows
    is_first: bool = False  # no video of the kind was made yet: `usual` is what the model card says
    percent: int | None = None  # estimated, where the service reports no progress
    any_moment: bool = False
    late: bool = False
    changes_in: float | None = None  # seconds until it reads otherwise although nothing has happened


def estimate(job: Job, line: QueuePosition | None, render_times: RenderTimes, now: datetime) -> JobEstimate:
    match job.phase:
        case Queued() if line is not None and line.paused is not None:
            return JobEstimate(line=line, ready_at=None)  # nobody knows when it goes on
        case Queued() if line is not None:
            rounds = (line.ahead + line.running) // line.places + 1
            left = rounds * (render_times.told or render_times.usual)
            return JobEstimate(line=line, ready_at=now + timedelta(seconds=left), changes_in=left)
        case Rendering() as rendering:
            return _of_render(rendering, render_times, now)
        case _:
            return JobEstimate(line=None, ready_at=None)


def _of_render(rendering: Rendering, render_times: RenderTimes, now: datetime) -> JobEstimate:
    # Some services say 0 until the end, which is none.
    progress, elapsed = rendering.progress or None, (now - rendering.started_at).total_seconds()
    left, told = render_times.remaining(elapsed, progress), render_times.told
    is_late = told is not None and elapsed >= LATE * told
    is_due = told is not None and elapsed >= told and (progress is None or progress >= NEARLY_DONE)
    return JobEstimate(
        line=None,
        ready_at=None if left is None else now + timedelta(seconds=left),
        usual=told,
        is_first=not render_times.times,
        percent=None if told is None or progress is not None or is_late else _percent(elapsed, told),
        any_moment=is_due and not is_late,
        late=is_late,
        changes_in=None if told is None else _next_change(elapsed, told, has_bar=progress is None),
    )


def _percent(elapsed: float, told: float) -> int:
    """In whole steps of the bar."""
    step = 100 // BAR_STEPS
    return min(MOST_ESTIMATED, max(0, int(elapsed / told * BAR_STEPS) * step))


def _next_change(elapsed: float, told: float, *, has_bar: bool) -> float | None:
    """Seconds until the card has something else to say."""
    step = max(LEAST_STEP, told / BAR_STEPS)
    bar = [(elapsed // step + 1) * step] if has_bar and elapsed + step < told else []
    return min((moment - elapsed for moment in (*bar, told, LATE * told) if moment > elapsed), default=None)
