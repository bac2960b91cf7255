"""The servers of the tests: who connects as they stop is let go of, as a transport left open fails some later test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import pytest
from aiohttp import web

from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox
from tests.servers import a_raw_server, an_http_server
from tests.waiting import PATIENCE


async def _reads_on(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


def _raw() -> AbstractAsyncContextManager[int]:
    return a_raw_server(_reads_on)


@asynccontextmanager
async def _sandbox() -> AsyncIterator[int]:
    sandbox = Sandbox(World.demo())
    await sandbox.start()
    yield int(sandbox.url.rpartition(":")[2])
    await sandbox.close()


def _http() -> AbstractAsyncContextManager[int]:
    return an_http_server(web.Application())


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("server", [_http, _raw, _sandbox])
async def test_a_connection_made_as_the_server_stops_is_closed(
    server: Callable[[], AbstractAsyncContextManager[int]], turns: int
) -> None:
    async with server() as port:
        visitor = socket.create_connection(("127.0.0.1", port))
        for _ in range(turns):
            await asyncio.sleep(0)
    with closing(visitor):
        assert await _last_words(visitor) == b""


async def _last_words(visitor: socket.socket) -> bytes:
    """What it reads until the connection is closed. Raises TimeoutError if it stays open."""
    visitor.setblocking(False)
    async with asyncio.timeout(PATIENCE):
        try:
            return await asyncio.get_running_loop().sock_recv(visitor, 100)
        except ConnectionResetError:
            return b""
