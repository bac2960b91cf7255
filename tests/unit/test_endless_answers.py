"""A host that never ends its answer to a download keeps nobody: what comes too slowly is given up."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import repeat
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.errors import Unavailable
from bot.providers.common.download import Downloads
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.file_kinds import is_video
from bot.providers.common.timeouts import Timeouts
from tests.builders import an_account
from tests.contract.video_services import MP4, serving
from tests.servers import a_raw_server
from tests.unit.test_unpacking import GZIP, NOTHING
from tests.waiting import PATIENCE

BRISK = Timeouts(window=0.1, silence=5.0)
IMPATIENT = Timeouts(connect=0.2, silence=0.2)
PAUSE = 0.02  # seconds between two pieces


def nothings() -> Iterator[bytes]:
    """Packed: each has some bytes, which unpack to none."""
    yield GZIP
    yield from repeat(NOTHING)


def a_film_and_more() -> Iterator[bytes]:
    """Packed: it is complete, and something goes on behind it."""
    packing = zlib.compressobj(wbits=31)
    yield packing.compress(MP4) + packing.flush()
    yield from repeat(b"more")


@pytest.mark.parametrize(
    ("status", "packing", "pieces"),
    [
        pytest.param(404, "", repeat(b"no "), id="an error without end"),
        pytest.param(404, "gzip", nothings(), id="an error of packed nothing"),
        pytest.param(200, "gzip", nothings(), id="a file of packed nothing"),
        pytest.param(200, "gzip", a_film_and_more(), id="a packed file with more behind it"),
    ],
)
async def test_an_answer_without_end_is_given_up(
    status: int, packing: str, pieces: Iterator[bytes], tmp_path: Path
) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Encoding": packing} if packing else {})
        await response.prepare(request)
        with suppress(ConnectionError):
            for piece in pieces:
                await response.write(piece)
                await asyncio.sleep(PAUSE)
        return response

    application = web.Application()
    application.router.add_get("/v.mp4", endless)
    async with serving({"/h": application}) as url:
        downloads = Downloads(Endpoint(an_account(base_url=f"{url}/h")), BRISK)
        try:
            async with asyncio.timeout(PATIENCE):
                with pytest.raises(Unavailable, match="too slow"):
                    await downloads.save(f"{url}/h/v.mp4", tmp_path / "v.mp4", is_video)
        finally:
            await downloads.close()


@asynccontextmanager
async def speaking(beginning: bytes, rest: bytes) -> AsyncIterator[str]:
    """A host that answers with something, and then with something else again and again."""

    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            writer.write(beginning)
            while not writer.is_closing():
                writer.write(rest)
                await writer.drain()
                await asyncio.sleep(PAUSE)

    async with a_raw_server(speak) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("beginning", "rest"),
    [
        pytest.param(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", id="hints"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: ", b"v", id="a header"),
    ],
)
async def test_a_head_without_end_is_given_up(beginning: bytes, rest: bytes, tmp_path: Path) -> None:
    async with speaking(beginning, rest) as url:
        downloads = Downloads(Endpoint(an_account(base_url=url)), IMPATIENT)
        try:
            async with asyncio.timeout(20):
                with pytest.raises(Unavailable, match="ReadTimeout"):
                    await downloads.save(f"{url}/v.mp4", tmp_path / "v.mp4", is_video)
        finally:
            await downloads.close()
