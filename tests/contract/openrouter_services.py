"""A simulated OpenRouter on a free port, its provider, orders to send, and recorded answers.

A test module says

    async with an_openrouter() as service: ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.providers.common.timeouts import Timeouts
from bot.providers.openrouter.adapter import OpenRouterVideos
from bot.sandbox.video.openrouter.service import OpenRouterHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, closed_in_the_end, serving

WIDE, SMALL, SQUARE = Size(1280, 720), Size(854, 480), Size(480, 480)
WAN, SEEDANCE, MOVIOLA = "alibaba/wan-3.0", "bytedance/seedance-2.0-mini", "simulated/moviola-1"


Service = ServiceOf[OpenRouterHost, OpenRouterVideos]


def a_short_order() -> Order:
    return an_order(size=SMALL, seconds=2)


@asynccontextmanager
async def an_openrouter(*, patience: Timeouts | None = None, key: str = SANDBOX_KEY) -> AsyncIterator[Service]:
    clock = HandClock()
    host = OpenRouterHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=4, sound=False)
    async with serving({"/video/openrouter": host.application()}) as url:
        base_url = f"{url}/video/openrouter/api/v1"
        async with a_provider(base_url, patience=patience, key=key) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=a_short_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY
) -> AsyncIterator[OpenRouterVideos]:
    account = an_account("openrouter", key=key, base_url=base_url)
    async with closed_in_the_end(OpenRouterVideos(account, patience)) as provider:
        yield provider


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    remote: str = WAN,
    seconds: int = 5,
    size: Size = WIDE,
    method: RemixMethod | None = None,
    picture: bytes | None = None,
    source_id: str | None = None,
    callback: str | None = None,
) -> Order:
    card = ModelCard(
        id=remote.rpartition("/")[2],
        label=remote,
        provider="openrouter",
        remote=remote,
        seconds=(seconds,),
        sizes=(size,),
        per_second={size: Usd.of("0.10")},
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
        callback=callback,
    )
