"""Ids like Discord's: 42 bits of milliseconds since 2015, then 22 bits to distinguish them."""

from __future__ import annotations

from bot.sandbox.discord.world.clock import Clock

EPOCH = 1_420_070_400_000  # ms, 2015-01-01
SEED_TIME = 1_735_689_600_000  # ms, 2025-01-01: when the objects of a seed were created


def seeded(number: int) -> int:
    """The same id in every run, for objects that exist from the start."""
    return ((SEED_TIME + number * 86_400_000 - EPOCH) << 22) | number


class Snowflakes:
    """New ids, always increasing, which contain the time of their creation."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        fresh = (int(self._clock.now() * 1000) - EPOCH) << 22
        self._last = max(fresh, self._last + 1)
        return self._last
