"""When to poll a render next: often when its end is likely, rarely when it is not. Pure.

Video jobs become more likely to finish the longer they run, so waits have to shrink towards the expected end;
exponential backoff does the opposite. `hazard` has the rule, `forecast` what is known; bounds and what overrides them
are here.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import wired
from bot.domain.job import ProgressAt
from bot.jobs.timing.forecast import ENOUGH_LEFT, RenderForecast
from bot.jobs.timing.hazard import wait_for_end, wait_for_random_end

PATIENCE = 0.4  # seconds of delay that one poll is worth
FIRST_LOOK = 3.0  # seconds; a refusal by moderation comes this fast
RANDOM_END = 30.0  # seconds on average to the end of a render that has outlasted everything known
OVERDUE = 1.5  # times the time after which nearly all had ended; from here on
OVERDUE_SHARE = 0.15  # this share of its lateness is waited,
OVERDUE_MOST = 60.0  # seconds at most: it may never finish
CALLED_PATIENCE, CALLED_MOST = 10.0, 60.0  # if the service calls when it is done, and polls only make sure
JITTER = 0.1  # of the wait, both ways, so that many jobs are not polled at once


@wired
class PollSchedule:
    """Bounds of the wait between two polls, in seconds."""

    least: float = 1.5
    most: float = 20.0

    def first(self, hint: float | None = None) -> float:
        return max(min(FIRST_LOOK, self.most), hint or 0.0)

    def wait(
        self,
        elapsed: float,
        seen: Sequence[ProgressAt],
        forecast: RenderForecast,
        *,
        hint: float | None = None,
        draw: float = 0.5,
        is_called: bool = False,
    ) -> float:
        """Seconds until the next poll; never less than the service's own `hint`.

        `draw` in 0..1 spreads the polls. `seen` is what polls saw so far, as `noted` keeps it. `is_called`: the service
        calls when it is done.
        """
        left = forecast.left(elapsed, seen)
        patience, most = (CALLED_PATIENCE, max(CALLED_MOST, self.most)) if is_called else (PATIENCE, self.most)
        if len(left) < ENOUGH_LEFT:
            wait = wait_for_random_end(RANDOM_END, patience=patience, most=most)
        else:
            wait = wait_for_end(left, patience=patience, most=most)
        if elapsed > OVERDUE * forecast.late:
            wait = max(wait, min(OVERDUE_MOST, OVERDUE_SHARE * (elapsed - forecast.late)))
        return max(max(self.least, wait) * (1 + JITTER * (2 * draw - 1)), hint or 0.0)


def backoff(tries: int, most: float = 60.0) -> float:
    """Seconds before the next attempt at something that failed `tries` times in a row: 1, 2, 4 … `most`."""
    return min(most, 2.0 ** min(tries, 12))
