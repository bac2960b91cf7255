"""The words of older videos, collected beside everything else after an update."""

from __future__ import annotations

import logging

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.studio.library import SearchIndex

log = logging.getLogger(__name__)

BETWEEN = 0.05  # seconds between two steps: whoever else wants to write gets their turn
AFTER_TROUBLE = 60.0  # seconds


@wired
class SearchUpkeep:
    """One per process; several share the work."""

    index: SearchIndex
    clock: Clock

    async def run(self) -> None:
        """Once at each start, until all of it is done."""
        while True:
            try:
                await self.collect()
            except Exception:
                # It must never disturb the worker.
                log.exception("the words of older videos could not be collected; that is tried again")
                await self.clock.sleep(AFTER_TROUBLE)
            else:
                return

    async def collect(self) -> None:
        await self.index.begin()
        steps = 0
        while await self.index.step():
            steps += 1
            await self.clock.sleep(BETWEEN)
        log.info("all videos can be searched; steps it took: %d", steps)
