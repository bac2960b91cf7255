"""When to look again at a render: often where its end is likely, seldom where it is not. Pure.

Video jobs get likelier to finish the longer they run, so waits have to shrink towards the expected end; exponential
backoff does the opposite. The rule here: half of what is expected to remain, within bounds.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs.timing.estimates import RenderTimes

FIRST_LOOK = 3.0  # seconds; a refusal by moderation comes this fast
OVERDUE_SHARE = 0.15  # of the time past the expected end
OVERDUE_MOST = 60.0  # seconds between looks at a job that may never finish
JITTER = 0.1  # of the wait, both ways, so that many jobs do not look at once


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSchedule:
    """Bounds of the wait between two looks, in seconds."""

    least: float = 1.0
    most: float = 20.0

    def first(self, hint: float | None = None) -> float:
        return max(min(FIRST_LOOK, self.most), hint or 0.0)

    def wait(
        self, elapsed: float, progress: int | None, render_times: RenderTimes, hint: float | None, draw: float
    ) -> float:
        """Seconds until the next look; never less than the host's own `hint`. `chance` in 0..1 spreads the looks."""
        left = render_times.remaining(elapsed, progress)
        if left is None:
            overdue = OVERDUE_SHARE * (elapsed - render_times.usual)
            wait = max(self.least, min(OVERDUE_MOST, overdue))
        else:
            wait = min(self.most, max(self.least, left / 2))
        return max(wait * (1 + JITTER * (2 * draw - 1)), hint or 0.0)


def backoff(tries: int, most: float = 60.0) -> float:
    """Seconds before the next try of something that failed `tries` times in a row: 1, 2, 4 … `most`."""
    return min(most, 2.0 ** min(tries, 12))
