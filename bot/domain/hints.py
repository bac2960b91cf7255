"""How long others ask us to wait: followed within reason, whoever asks."""

from __future__ import annotations

import math
from datetime import datetime

LONGEST_HINT = 600.0  # seconds; a server that says more is asked again after this, in case it was wrong


def bounded_wait(seconds: float | None) -> float | None:
    """The wait that is kept, in seconds; None for no hint, and for one that is not a duration."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_HINT)


def still_to_wait(until: datetime, now: datetime, longest: float) -> float:
    """Remaining seconds of a wait of at most `longest`; 0.0 if it is over, or if the clock was set back since."""
    seconds = (until - now).total_seconds()
    return seconds if 0.0 < seconds <= longest else 0.0
