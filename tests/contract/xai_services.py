"""A simulated xAI on a free port, its provider, orders to send, and recorded answers.

A test module says

    async with an_xai() as service: ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order
from bot.domain.video import NO_OPTIONS, RemixMethod, Size, VideoOptions
from bot.providers.common.timeouts import Timeouts
from bot.providers.xai.adapter import XaiVideos
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.xai.orders import CLASSIC
from bot.sandbox.video.xai.service import XaiHost
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, closed_in_the_end, serving

WIDE, SMALL = Size(1280, 720), Size(854, 480)

Service = ServiceOf[XaiHost, XaiVideos]


def a_short_order() -> Order:
    return an_order(size=SMALL, seconds=2)


@asynccontextmanager
async def an_xai(
    *, patience: Timeouts | None = None, key: str = SANDBOX_KEY, refuses_looks: bool = True
) -> AsyncIterator[Service]:
    clock = HandClock()
    host = XaiHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=4, sound=False, refuses_looks=refuses_looks)
    async with serving({"/video/xai": host.application()}) as url:
        base_url = f"{url}/video/xai/v1"
        async with a_provider(base_url, patience=patience, key=key) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=a_short_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY
) -> AsyncIterator[XaiVideos]:
    account = an_account("xai", key=key, base_url=base_url)
    async with closed_in_the_end(XaiVideos(account, patience)) as provider:
        yield provider


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    remote: str = CLASSIC,
    seconds: int = 5,
    size: Size = WIDE,
    method: RemixMethod | None = None,
    picture: bytes | None = None,
    source_id: str | None = None,
    own_name: str | None = "K7Q4FD-0123456789abcdef",
    options: VideoOptions[bytes] = NO_OPTIONS,
) -> Order:
    card = ModelCard(
        id=remote,
        label="Grok Imagine",
        provider="xai",
        remote=remote,
        seconds=(seconds,),
        sizes=(size,),
        per_second={size: Usd.of("0.07")},
        takes_picture=True,
        remix=tuple(RemixMethod),
    )
    return Order(
        card=card,
        prompt=prompt,
        seconds=seconds,
        size=size,
        method=method,
        picture=picture,
        source_id=source_id,
        own_name=own_name,
        options=options,
    )
