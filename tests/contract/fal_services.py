"""A simulated fal on a free port, its provider, and orders to send.

A test module says

    async with a_fal() as service: ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.common.timeouts import Timeouts
from bot.providers.fal.adapter import FalVideos
from bot.sandbox.video.fal.service import FalHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, StockFootage, closed_in_the_end, serving

WIDE, TALL, FULL = Size(1280, 720), Size(720, 1280), Size(1920, 1080)
OWN_NAME = "K7Q4FD-0123456789abcdef"

Service = ServiceOf[FalHost, FalVideos]


def shipped(model: str) -> ModelCard:
    file = CatalogueFile.read(SHIPPED)
    return card_of(model, file.models()[model], file)


VEO, LTX = shipped("veo-3.1-fal"), shipped("ltx-2.3-fast")
MOVIOLA = ModelCard(
    id="moviola",
    label="Moviola",
    provider="fal",
    remote="simulated/moviola/text-to-video",
    seconds=(5, 10),
    sizes=(WIDE,),
    per_second={WIDE: Usd.of("0.10")},
    remix=(RemixMethod.NATIVE, RemixMethod.EXTEND, RemixMethod.REPROMPT),
    endpoints={"edit": "simulated/moviola/edit-video", "extend": "simulated/moviola/extend-video"},
    fields={
        "seconds": "seconds as text",
        "resolution": "resolution",
        "ratio": "aspect_ratio",
        "seed": "seed",
        "video": "video_url",
    },
)


def a_short_order() -> Order:
    return an_order(card=MOVIOLA, seconds=5)


@asynccontextmanager
async def a_fal(*, patience: Timeouts | None = None, key: str = SANDBOX_KEY) -> AsyncIterator[Service]:
    clock = HandClock()
    host = FalHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=1, sound=False)
    host._lab = StockFootage(frame_rate=1, sound=False)
    async with serving({"/video/fal": host.application()}) as url:
        base_url = f"{url}/video/fal"
        async with a_provider(base_url, patience=patience, key=key) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=a_short_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY
) -> AsyncIterator[FalVideos]:
    account = an_account("fal", key=key, base_url=base_url)
    async with closed_in_the_end(FalVideos(account, patience)) as provider:
        yield provider


def an_order(prompt: str = "a red fox in the snow", *, card: ModelCard = VEO, **more: Any) -> Order:
    usual = Order(card=card, prompt=prompt, seconds=card.seconds[0], size=card.sizes[0], own_name=OWN_NAME)
    return replace(usual, **more)
