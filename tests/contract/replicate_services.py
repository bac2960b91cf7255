"""A simulated Replicate on a free port, its provider, and orders to send.

A test module says

    async with a_replicate() as service: ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.providers.common.timeouts import Timeouts
from bot.providers.replicate.adapter import ReplicateVideos
from bot.sandbox.video.replicate.service import ReplicateHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, StockFootage, closed_in_the_end, serving

WIDE, SMALL, TALL = Size(1280, 720), Size(854, 480), Size(720, 1280)
WAN, GROK, KLING = "alibaba/wan-3", "xai/grok-imagine-video", "kwaivgi/kling-v2.5-turbo-pro"
MOVIOLA = "simulated/moviola-1"  # the adapter has to query its inputs

Service = ServiceOf[ReplicateHost, ReplicateVideos]


@asynccontextmanager
async def a_replicate(
    *, patience: Timeouts | None = None, key: str = SANDBOX_KEY, page: int = 100
) -> AsyncIterator[Service]:
    clock = HandClock()
    host = ReplicateHost(render_seconds=RENDER_SECONDS, clock=clock, page=page)
    host._lab = StockFootage(frame_rate=1, sound=False)
    async with serving({"/video/replicate": host.application()}) as url:
        base_url = f"{url}/video/replicate/v1"
        async with a_provider(base_url, patience=patience, key=key) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=an_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY
) -> AsyncIterator[ReplicateVideos]:
    account = an_account("replicate", key=key, base_url=base_url)
    async with closed_in_the_end(ReplicateVideos(account, patience)) as provider:
        yield provider


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    remote: str = WAN,
    seconds: int = 5,
    size: Size = WIDE,
    lengths: tuple[int, ...] = (5, 10),
    **more: Any,
) -> Order:
    card = ModelCard(
        id=remote.rpartition("/")[2],
        label=remote,
        provider="replicate",
        remote=remote,
        seconds=lengths,
        sizes=(size,),
        per_second={size: Usd.of("0.10")},
        takes_picture=True,
        remix=tuple(RemixMethod),
    )
    return Order(card=card, prompt=prompt, seconds=seconds, size=size, **more)
