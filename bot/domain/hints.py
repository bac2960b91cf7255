"""How long others ask us to wait: heard within reason, whoever asks."""

from __future__ import annotations

import math

LONGEST_HINT = 600.0  # seconds; a server that says more is asked again after this, as it may have been wrong


def heard(seconds: float | None) -> float | None:
    """The wait that is kept, in seconds; None for no hint, and for one that is no time at all."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_HINT)
