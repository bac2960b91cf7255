"""What a card says about the remaining time. Pure: the time is passed in.

The usual duration comes from past renders. The end of the current one comes from the forecast that also schedules
polls, so that a card announces no moment around which nobody polls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.data_classes import value_object
from bot.domain.job import Job, ProgressAt, QueuePosition
from bot.domain.phases import Queued, Rendering
from bot.jobs.timing.forecast import RenderForecast
from bot.jobs.timing.render_times import RenderTimes

NEARLY_DONE = 90  # percent; a service that reports less is not done "any moment"
LATE = 1.5  # times the usual: from here on a card says that it takes longer than usual
BAR_STEPS = 10  # of an estimated bar, which limits how often its card is drawn
LEAST_STEP = 5.0  # seconds between them
MOST_ESTIMATED = 90  # percent; the end is seen, not estimated


@value_object
class JobEstimate:
    """The progress of an unfinished job, for its card."""

    line: QueuePosition | None  # only while it waits
    ready_at: datetime | None  # None if unknown
    usual: float | None = None  # seconds from accepted order to finished video; None if unknown
    is_first: bool = False  # no video of the kind was made yet: `usual` is the model card's figure
    percent: int | None = None  # estimated if the service reports no progress
    any_moment: bool = False
    late: bool = False
    changes_in: float | None = None  # seconds until the text changes although nothing has happened


@value_object
class RenderOutlook:
    """What indicates the end of a render in progress. `began`: if one is made after the other, when its turn came."""

    forecast: RenderForecast
    began: datetime

    def left(self, now: datetime, seen: Sequence[ProgressAt]) -> float | None:
        return self.forecast.median_left((now - self.began).total_seconds(), seen)


def estimate(
    job: Job, line: QueuePosition | None, render_times: RenderTimes, now: datetime, outlook: RenderOutlook | None = None
) -> JobEstimate:
    """`outlook` is for a render in progress."""
    match job.phase:
        case Queued() if line is not None and line.paused is not None:
            return JobEstimate(line=line, ready_at=None)  # nobody knows when it will continue
        case Queued() if line is not None:
            rounds = (line.ahead + line.running) // line.places + 1
            left = rounds * (render_times.told or render_times.usual)
            return JobEstimate(line=line, ready_at=now + timedelta(seconds=left), changes_in=left)
        case Rendering() as rendering if outlook is not None:
            return _of_render(job, rendering, render_times, now, outlook)
        case _:
            return JobEstimate(line=None, ready_at=None)


def _of_render(
    job: Job, rendering: Rendering, render_times: RenderTimes, now: datetime, outlook: RenderOutlook
) -> JobEstimate:
    # Some services say 0 until the end, which is no progress report.
    progress, elapsed = rendering.progress or None, (now - rendering.started_at).total_seconds()
    left, told = outlook.left(now, job.progress_seen), render_times.told
    is_late = told is not None and elapsed >= LATE * told
    is_due = told is not None and elapsed >= told and (progress is None or progress >= NEARLY_DONE)
    is_guess = is_late and progress is None  # it has already taken longer than forecast
    return JobEstimate(
        line=None,
        ready_at=None if left is None or is_guess else now + timedelta(seconds=left),
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
    """Seconds until the card's text changes."""
    step = max(LEAST_STEP, told / BAR_STEPS)
    bar = [(elapsed // step + 1) * step] if has_bar and elapsed + step < told else []
    return min((moment - elapsed for moment in (*bar, told, LATE * told) if moment > elapsed), default=None)
