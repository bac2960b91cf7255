"""Connections to the web server over real sockets: too many, silent, broken; pages stay available, the log short."""

from __future__ import annotations

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.ids import JobId
from bot.domain.links import PlayerLinks
from bot.web.connections import MOST_RECEIVED, NO_DESCRIPTOR, ConnectionLimits, Doorway, listen
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from storage.files.local import LocalFiles
from tests.ports import free_port
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE

HEALTHZ = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Line:
    """One connection of a visitor."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def says(self, data: bytes) -> bytes:
        """The first line of the answer; empty if the connection is closed instead."""
        self.writer.write(data)
        return await self.hears()

    async def hears(self) -> bytes:
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.readline()
            except ConnectionError:
                return b""


@dataclass(frozen=True, slots=True)
class Site:
    port: int

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Line]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Line(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def a_site(folder: Path, limits: ConnectionLimits) -> AsyncIterator[Site]:
    async def find(_job_id: JobId) -> None:
        return None

    links = PlayerLinks(base="", key=b"k" * 32)
    pages = PlayerPages(find=find, files=FilePages(files=LocalFiles(folder)), links=links, clock=SteppingClock())
    port = free_port()
    stop = await serve(pages, "127.0.0.1", port, limits=limits)
    try:
        yield Site(port)
    finally:
        await stop()


def some(total: int = 100, per_address: int = 100, first_request: float = 60.0, idle: float = 60.0) -> ConnectionLimits:
    return ConnectionLimits(total=total, per_address=per_address, first_request=first_request, idle=idle)


@pytest.mark.parametrize("head", [b"", b"GET /healthz HTTP/1.1\r\nHost: "], ids=["silent", "half a request"])
async def test_a_connection_that_asks_nothing_is_closed(tmp_path: Path, head: bytes) -> None:
    async with a_site(tmp_path, some(first_request=0.2)) as site, site.line() as silent:
        assert await silent.says(head) == b""


async def test_a_connection_that_asked_once_and_no_more_is_closed_later(tmp_path: Path) -> None:
    async with a_site(tmp_path, some(first_request=0.2)) as site, site.line() as visitor:
        assert await visitor.says(HEALTHZ) == b"HTTP/1.1 200 OK\r\n"
        await asyncio.sleep(0.4)  # longer than a first request may take
        while await visitor.hears() not in {b"\r\n", b""}:
            pass
        assert await visitor.says(HEALTHZ) == b'{"status": "ok"}HTTP/1.1 200 OK\r\n'
    async with a_site(tmp_path, some(idle=0.2)) as site, site.line() as visitor:
        assert await visitor.says(HEALTHZ) == b"HTTP/1.1 200 OK\r\n"
        while await visitor.hears():
            pass


async def test_more_connections_than_may_be_are_closed_and_the_pages_come_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_site(tmp_path, some(total=3)) as site:
        async with site.line() as first, site.line(), site.line():
            for _ in range(20):
                async with site.line() as refused:
                    assert await refused.says(HEALTHZ) == b""
            assert await first.says(HEALTHZ) == b"HTTP/1.1 200 OK\r\n"
        async with asyncio.timeout(PATIENCE):
            while True:
                async with site.line() as later:
                    if await later.says(HEALTHZ):
                        break
    said = [record.getMessage() for record in caplog.records if "connections" in record.getMessage()]
    assert said == ["there are 3 connections to the web pages, or 100 from one address: closed 1 more"]


async def test_what_cannot_be_read_is_one_line_of_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_site(tmp_path, some()) as site:
        for _ in range(10):
            async with site.line() as garbled:
                assert (await garbled.says(b"\x16\x03\x01\x00\xa5\r\n\r\n")).startswith(b"HTTP/1.0 400")
    assert sum(len(record.getMessage().splitlines()) for record in caplog.records if record.levelno > logging.INFO) <= 1
    assert not any(record.exc_info for record in caplog.records)


@asynccontextmanager
async def a_reader(read: list[int]) -> AsyncIterator[Site]:
    """Notes how many bytes each visitor has sent when their request is over, or their connection."""

    async def count(request: web.Request) -> web.Response:
        read.append(0)
        with suppress(ConnectionError):
            async for piece in request.content.iter_any():
                read[-1] += len(piece)
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", count)])
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    listener = await listen(runner, "127.0.0.1", port, some())
    try:
        yield Site(port)
    finally:
        listener.close()
        await runner.cleanup()


async def test_what_a_visitor_sends_is_not_unpacked() -> None:
    sent, read = gzip.compress(bytes(1024 * 1024)), list[int]()
    head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {len(sent)}\r\n\r\n"
    async with a_reader(read) as site, site.line() as visitor:
        assert await visitor.says(head.encode() + sent) == b"HTTP/1.1 200 OK\r\n"
    assert read == [len(sent)]


@pytest.mark.parametrize(
    ("head", "piece"),
    [("Content-Length: 1000000", b"x" * 1000), ("Transfer-Encoding: chunked", b"1\r\nx\r\n" * 200)],
    ids=["long", "in tiny pieces"],
)
async def test_a_request_that_goes_on_and_on_is_closed(head: str, piece: bytes) -> None:
    read = list[int]()
    async with a_reader(read) as site, site.line() as visitor:
        with suppress(ConnectionError):
            visitor.writer.write(f"POST / HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            for _ in range(1000):
                visitor.writer.write(piece)
                await visitor.writer.drain()
        assert await visitor.hears() == b""
    assert 0 < read[0] <= MOST_RECEIVED


async def test_many_requests_on_one_connection_are_no_long_one(tmp_path: Path) -> None:
    padded = HEALTHZ.replace(b"Host", b"Cookie: " + b"x" * 4000 + b"\r\nHost")
    async with a_site(tmp_path, some()) as site, site.line() as visitor:
        for _ in range(2 * MOST_RECEIVED // len(padded)):
            assert (await visitor.says(padded)).endswith(b"HTTP/1.1 200 OK\r\n")
            while await visitor.hears() != b"\r\n":
                pass


async def test_connections_without_a_descriptor_are_counted_not_listed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_site(tmp_path, some()):
        for _ in range(1000):
            asyncio.get_running_loop().call_exception_handler({"message": NO_DESCRIPTOR, "exception": OSError(24, "x")})
    [record] = [record for record in caplog.records if "descriptor" in record.getMessage()]
    assert record.exc_info is None


def test_one_public_address_has_a_share_only_and_a_private_one_stands_for_many() -> None:
    doorway = Doorway(some(total=5, per_address=2))
    assert [doorway.enters("8.8.8.8", 0) for _ in range(3)] == [True, True, False]
    assert [doorway.enters("10.0.0.1", 0) for _ in range(4)] == [True, True, True, False]
    doorway.leaves("8.8.8.8")
    assert doorway.enters("8.8.8.8", 0)
    assert not doorway.enters("9.9.9.9", 0)


def test_the_web_pages_have_a_quarter_of_the_descriptors_at_most() -> None:
    limits = ConnectionLimits.of_this_machine()
    assert 1 <= limits.per_address < limits.total <= 512
