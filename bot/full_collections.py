"""Full garbage collections when they are due by the clock, not whenever Python finds that much has been made.

A full one looks at every object there is, and everything else waits: 0.15 s of processor time with 300 jobs under way,
and more with more. Python makes one as soon as a quarter more objects last than after the last one, which under load is
every few seconds. Younger objects, which is nearly all garbage, are collected as ever.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

EVERY = 60.0  # seconds
WORTH_ONE = 10  # collections of younger objects since the last full one, as Python has it by itself
AT_ONCE = 500  # of them: so much was made that memory counts more; Python looks then
OF_ALL = 15  # every so many full collections one looks at all objects, also at those set aside


async def collect_now_and_then(pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """For a process that has started.

    What lasts through a collection is set aside, so the next one is short. Most of it is there to stay: modules and
    statements of first uses.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, AT_ONCE)
    gc.collect()
    gc.freeze()
    made = 0
    while True:
        await pause(EVERY)
        if gc.get_count()[2] >= WORTH_ONE:
            made += 1
            _collect(of_all=made % OF_ALL == 0)


def _collect(*, of_all: bool) -> None:
    if of_all:  # what was in use when it was set aside may be garbage since
        gc.unfreeze()
    gc.collect()
    gc.freeze()
