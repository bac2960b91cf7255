"""Waiting for what nothing tells of: a file, a request to a simulated service, another process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 60.0  # seconds; a machine with two busy cores needs that
PAUSE = 0.01  # seconds between two looks


async def comes_true(condition: Callable[[], T], patience: float = PATIENCE) -> T:
    """The first answer that is true. Raises TimeoutError."""
    async with asyncio.timeout(patience):
        while True:
            if answer := condition():
                return answer
            await asyncio.sleep(PAUSE)


async def is_told(ask: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
    """Likewise, of somebody who takes time to answer."""
    async with asyncio.timeout(patience):
        while True:
            if answer := await ask():
                return answer
            await asyncio.sleep(PAUSE)
