"""How long others ask us to wait: heard within reason, whoever asks."""

from __future__ import annotations

import math
from datetime import datetime

LONGEST_HINT = 600.0  # seconds; a server that says more is asked again after this, as it may have been wrong


def heard(seconds: float | None) -> float | None:
    """The wait that is kept, in seconds; None for no hint, and for one that is no time at all."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_HINT)


def still_to_wait(until: datetime, now: datetime, longest: float) -> float:
    """Seconds of a wait of at most `longest` seconds; 0.0 when it is over, and when the clock was set back since."""
    seconds = (until - now).total_seconds()
    return seconds if 0.0 < seconds <= longest else 0.0
