"""Runs full garbage collections on a schedule, not whenever Python finds that many objects were created.

A full collection looks at every object, and everything else waits: 0.15 s of processor time with 300 jobs under way,
and more with more. Python runs one as soon as the number of long-lived objects has grown by a quarter since the last
one, which under load is every few seconds. Here it soon looks at what is new, and leaves out what was there the last
time. Younger objects, which are nearly all garbage, are collected as usual.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable

EVERY = 2.0  # seconds; the longer, the more is new, and the longer everything else waits
WORTH_ONE = 3  # collections of younger objects since the last full one: 20,000 new objects
AT_ONCE = 500  # of them: with so many new objects memory matters more, and Python runs one itself
OF_ALL = 150  # one in so many full collections includes the frozen objects


async def collect_now_and_then(pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Call this after the start of the process.

    Objects that survive a collection are frozen, so the next one is short. Most of them stay anyway: modules, and
    statements cached on first use.
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
    if of_all:  # frozen objects may have become garbage
        gc.unfreeze()
    gc.collect()
    gc.freeze()
