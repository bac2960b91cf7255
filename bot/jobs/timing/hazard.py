"""How long to wait before polling something that may end at any moment. Pure.

Polls are worth most where the end is most likely. With κ, the seconds of delay that one poll is worth, and h(t), how
likely it ends in the next moment if it has not ended yet, the best density of polls is √(h / 2κ) (Keller 1974, Barlow
and Proschan 1965, on inspections). A fixed interval is best only for what ends at random; a backoff never is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

BIN = 0.5  # seconds
FLOOR = 1 / 600  # ends per second, however unlikely in the past


def wait_for_end(left: Sequence[float], *, patience: float, most: float) -> float:
    """Seconds until the next poll, at most `most`. `left`: equally likely remaining seconds; `patience` is κ."""
    due = 0.0
    for number, hazard in enumerate(_hazards(left, math.ceil(most / BIN))):
        looks = math.sqrt(hazard / (2 * patience))  # per second
        if due + looks * BIN >= 1.0:
            return min(most, number * BIN + (1.0 - due) / looks)
        due += looks * BIN
    return most


def wait_for_random_end(mean: float, *, patience: float, most: float) -> float:
    """The same for something that may end at any moment, whatever its age, after `mean` seconds on average."""
    return min(most, math.sqrt(2 * patience * mean))


def _hazards(left: Sequence[float], bins: int) -> Iterator[float]:
    """For each bin, smoothed with its neighbours."""
    ends = [0] * (bins + 1)
    for seconds in left:
        if (at := int(seconds / BIN)) <= bins:
            ends[at] += 1
    raw, alive = [], len(left)
    for count in ends:
        raw.append(count / (alive * BIN) if alive else 0.0)
        alive -= count
    for at in range(bins):
        before = raw[at - 1] if at else raw[at]
        yield max(FLOOR, before / 4 + raw[at] / 2 + raw[at + 1] / 4)
