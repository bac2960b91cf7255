"""Round values for the axis of a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

MOST_MARKS = 4


def round_values(most: int, finest: int = 1) -> Sequence[int]:
    """Equal steps of 1, 2 or 5 times a power of ten, in units of `finest`, up to the first that is not below `most`."""
    step = next(step for step in _steps(finest) if step * MOST_MARKS >= most)
    return range(step, most + step, step) if most > 0 else ()


def _steps(finest: int) -> Iterator[int]:
    while True:
        yield from (finest, 2 * finest, 5 * finest)
        finest *= 10
