"""Discord's rate limit answers are counted."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.gateway.rate_limits import count_rate_limits
from bot.jobs.counters import Counters


@pytest.mark.parametrize(("status", "counted"), [(429, 1), (200, 0), (503, 0)])
async def test_each_answer_that_asks_for_it_is_counted(status: int, counted: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status)

    app, counters, trace = web.Application(), Counters(), aiohttp.TraceConfig()
    app.router.add_get("/", answer)
    count_rate_limits(trace, counters.rate_limited)
    async with TestServer(app) as server, aiohttp.ClientSession(trace_configs=[trace]) as session:
        await session.get(server.make_url("/"))
    assert counters.rate_limits == counted
