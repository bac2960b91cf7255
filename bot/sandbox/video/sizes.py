"""The size of a film that is ordered with a resolution and a ratio."""

from __future__ import annotations


def pixels(short: int, ratio: str) -> tuple[int, int]:
    """Width and height, with the given number of pixels on the shorter side."""
    across, down = map(int, ratio.split(":"))
    long = 2 * round(short * max(across, down) / min(across, down) / 2)
    return (long, short) if across >= down else (short, long)
