"""The lag of the event loop, which delays everything that people wait for."""

from __future__ import annotations

import asyncio

from prometheus_client import Histogram

EVERY = 0.25  # seconds between two measurements
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0)  # seconds; at 3 s Discord gives up on an interaction


class LoopLag:
    """Sleeps, and records how much it overslept."""

    def __init__(self) -> None:
        self.seconds = Histogram(
            "kinora_loop_lag_seconds", "By how much the event loop is late", buckets=BUCKETS, registry=None
        )

    async def measure(self) -> None:
        """Runs until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(EVERY)
            self.seconds.observe(max(0.0, loop.time() - before - EVERY))
