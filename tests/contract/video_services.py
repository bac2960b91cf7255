"""A simulated video service on a free port, its provider, and orders to send.

A test module says

    async with a_service() as service: ...
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from aiohttp import web
from PIL import Image

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order, Provider
from bot.domain.video import RemixMethod, Size
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.adapter import OpenAIVideos
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting.film import Film
from bot.sandbox.video.painting.lab import Lab
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Drip, Fault, Hang
from tests.builders import an_account
from tests.servers import a_raw_server, an_http_server

WIDE = Size(1280, 720)
STARTED_AT = 1_790_000_000.0  # Unix seconds: some day in September 2026
RENDER_SECONDS = 100.0
MP4 = b"\0\0\0\x18ftypmp42" + bytes(20_000)
IMPATIENT = Timeouts(connect=2.0, submit=1.5, look=1.5, silence=1.5, window=0.2, least_bytes=1_000_000)


def patience_for(fault: Fault) -> Timeouts:
    """Impatient only with what never ends: a busy machine takes its time, too."""
    return IMPATIENT if isinstance(fault, Hang | Drip) else Timeouts()


class HandClock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.now = STARTED_AT

    def __call__(self) -> float:
        return self.now


H = TypeVar("H", bound=SimulatedService)
P = TypeVar("P", bound=Provider)


@dataclass(frozen=True, kw_only=True)
class ServiceOf(Generic[H, P]):
    """A simulated host, its clock, its address, and its provider. `usual` is what is ordered there."""

    host: H
    clock: HandClock
    base_url: str
    provider: P
    usual: Callable[[], Order]

    def finish(self) -> None:
        """Let enough time pass for any video."""
        self.clock.now += RENDER_SECONDS

    async def finished(self, order: Order | None = None) -> str:
        """A finished video; returns its id."""
        remote_id = await self.provider.submit(order or self.usual())
        self.finish()
        return remote_id


@asynccontextmanager
async def closed_in_the_end(provider: P) -> AsyncIterator[P]:
    try:
        yield provider
    finally:
        await provider.close()


Service = ServiceOf[VideoHost, OpenAIVideos]


class StockFootage(Lab):
    """The same file for every video: painting one takes a second, and nobody watches it here."""

    def begin(self, video: SimulatedVideo) -> asyncio.Future[Film]:
        assert video.id
        film: asyncio.Future[Film] = asyncio.get_running_loop().create_future()
        film.set_result(Film(video=MP4, thumbnail=b"", spritesheet=b""))
        return film


@asynccontextmanager
async def a_service(
    *,
    patience: Timeouts | None = None,
    key: str = SANDBOX_KEY,
    poll_after_ms: int | None = None,
    accent: str = "openai",
    server: str = "auto",
) -> AsyncIterator[Service]:
    """`accent` is what the simulated host is; `server` what the provider was told."""
    clock = HandClock()
    host = VideoHost(
        accent=accent, render_seconds=RENDER_SECONDS, clock=clock, poll_after_ms=poll_after_ms, frame_rate=4
    )
    async with serving({"/video/openai": host.application()}) as url:
        base_url = f"{url}/video/openai/v1"
        async with a_provider(base_url, patience=patience, key=key, server=server) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=an_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY, server: str = "auto"
) -> AsyncIterator[OpenAIVideos]:
    account = an_account(key=key, base_url=base_url, server=server)
    async with closed_in_the_end(OpenAIVideos(account, patience)) as provider:
        yield provider


@asynccontextmanager
async def serving(mounts: dict[str, web.Application]) -> AsyncIterator[str]:
    """The applications on a free port of 127.0.0.1; yields the address."""
    whole = web.Application(client_max_size=256 * 1024 * 1024)
    for path, application in mounts.items():
        whole.add_subapp(path, application)
    async with an_http_server(whole) as port:
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def a_file_server(path: str, body: bytes, seen: list[web.Request]) -> AsyncIterator[str]:
    """Some other host with a file; yields its address. Requests are recorded in `seen`."""

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=body, content_type="video/mp4")

    application = web.Application()
    application.router.add_get(path, answer)
    async with serving({"/files": application}) as url:
        yield f"{url}/files{path}"


@asynccontextmanager
async def a_server_saying(answer: bytes) -> AsyncIterator[str]:
    """Reads a little of each request and answers exactly these bytes; yields the address."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with a_raw_server(talk) as port:
        yield f"http://127.0.0.1:{port}/v1"


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    method: RemixMethod | None = None,
    picture: bytes | None = None,
    source_id: str | None = None,
    source_file: Path | None = None,
    remote: str = "sora-2",
) -> Order:
    return Order(
        card=ModelCard(
            id="sora-2",
            label="Sora 2",
            provider="openai",
            remote=remote,
            seconds=(4, 8, 12),
            sizes=(WIDE,),
            per_second={WIDE: Usd.of("0.10")},
            takes_picture=True,
        ),
        prompt=prompt,
        seconds=4,
        size=WIDE,
        method=method,
        picture=picture,
        source_id=source_id,
        source_file=source_file,
    )


async def a_finished_video(service: Service, prompt: str = "a red fox in the snow") -> str:
    remote_id = await service.provider.submit(an_order(prompt))
    service.finish()
    return remote_id


def a_picture(size: Size = WIDE, colour: str = "teal") -> bytes:
    """A PNG."""
    data = io.BytesIO()
    Image.new("RGB", (size.width, size.height), colour).save(data, "PNG")
    return data.getvalue()
