"""Servers on this machine that leave no connection open, whenever their visitors stop talking."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from aiohttp import web

from bot.sandbox.server import all_are_known

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


@asynccontextmanager
async def an_http_server(
    app: web.Application,
    *,
    at: socket.socket | None = None,
    tls: ssl.SSLContext | None = None,
    patience: float = 1.0,
) -> AsyncIterator[int]:
    """Its port: that of the listening socket `at`, or a free one. `patience`: seconds for what is still answered."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=patience)
    await runner.setup()
    try:
        listener = at or socket.create_server(("127.0.0.1", 0))
        await web.SockSite(runner, listener, ssl_context=tls).start()
        yield listener.getsockname()[1]
    finally:
        await all_are_known()
        await runner.cleanup()


@asynccontextmanager
async def a_raw_server(talk: Talk) -> AsyncIterator[int]:
    """Its port. Each connection goes to `talk`; at the end all are closed, whether `talk` was done with them or not."""
    talks: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks[writer] = asyncio.create_task(talk(reader, writer))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            await all_are_known()
            for writer, talking in talks.items():
                talking.cancel()
                writer.close()
            await asyncio.gather(*talks.values(), *(each.wait_closed() for each in talks), return_exceptions=True)
