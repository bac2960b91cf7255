"""What runs beside the worker for good: work that is repeated whatever goes wrong, and retried ever more slowly."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

Work = Callable[[], Awaitable[object]]

SOONEST, LATEST = timedelta(seconds=20), timedelta(minutes=30)  # until what failed is tried again


async def repeat(work: Work, pause: Work, log: logging.Logger, trouble: str) -> None:
    """Until cancelled. Work that fails is logged as `trouble` and tried again after the pause."""
    while True:
        try:
            await work()
        except Exception:
            # It must never disturb the worker.
            log.exception(trouble)
        await pause()


async def wait_for_news(news: asyncio.Event, seconds: float) -> None:
    """Until it is set, but at most so long. News that come during the work end the next wait at once."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await news.wait()
    news.clear()


def retry_in(age: timedelta) -> timedelta:
    """Half as long as it has been failing, within these bounds."""
    return min(max(age / 2, SOONEST), LATEST)
