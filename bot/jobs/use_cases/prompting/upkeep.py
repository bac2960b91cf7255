"""Calls of the prompt helper that nobody waits for any more, because their process died: charged at their bound."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial

from bot.data_classes import wired
from bot.domain.ports.clock import Clock
from bot.domain.prompting.calls import HelperCalls
from bot.jobs.upkeep import repeat

log = logging.getLogger(__name__)

BETWEEN = 60.0  # seconds
GIVEN_UP = timedelta(minutes=5)  # no answer is waited for that long


@wired
class HelperUpkeep:
    """One per process; several may do the same at once."""

    calls: HelperCalls
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        trouble = "calls of the prompt helper could not be settled; that is tried again"
        await repeat(self.settle, partial(self.clock.sleep, BETWEEN), log, trouble)

    async def settle(self) -> None:
        for call_id in await self.calls.settle_left(self.clock.now() - GIVEN_UP):
            log.warning("call %s of the prompt helper was cut off; it is charged at its bound", call_id)
