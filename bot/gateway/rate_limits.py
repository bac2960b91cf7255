"""Counts how often Discord asked the bot to slow down: discord.py itself waits and repeats the request."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import aiohttp

TOO_MANY = 429


def count_rate_limits(trace: aiohttp.TraceConfig, counted: Callable[[], object]) -> None:
    """Call `counted` for each rate-limited response seen by the client's `trace`."""

    async def ended(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        if params.response.status == TOO_MANY:
            counted()

    trace.on_request_end.append(ended)
