"""A simulated ComfyUI on a free port, its provider, and orders to send.

A test module says

    async with a_comfyui() as service: ...
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.domain.ids import JobId
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Order
from bot.domain.video import NO_OPTIONS, RemixMethod, Size, VideoOptions
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.comfyui.adapter import ComfyUI
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.comfyui.service import NEWER, ComfyUIHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import a_job, a_request, an_account
from tests.contract.job_scene import JobScene, a_job_scene
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, a_picture, closed_in_the_end, serving
from tests.scripted import SteppingClock

SMALL = Size(320, 192)  # quick to paint
OWN_NAME = "K7Q4FD-0123456789abcdef"
RENDERS_FOR = 30.0  # seconds, in a scene


Service = ServiceOf[ComfyUIHost, ComfyUI]


@functools.cache
def a_card(model: str = "wan-2.2-5b") -> ModelCard:
    file = CatalogueFile.read(SHIPPED)
    card = card_of(model, file.models()[model], file)
    return replace(
        card, sizes=(SMALL, *card.sizes), per_second={**card.per_second, SMALL: card.per_second[card.sizes[0]]}
    )


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    model: str = "wan-2.2-5b",
    seconds: int = 2,
    method: RemixMethod | None = None,
    picture: bytes | None = None,
    source_id: str | None = None,
    source_file: Path | None = None,
    options: VideoOptions[bytes] = NO_OPTIONS,
    own_name: str | None = OWN_NAME,
) -> Order:
    return Order(
        card=a_card(model),
        prompt=prompt,
        seconds=seconds,
        size=SMALL,
        method=method,
        picture=picture,
        source_id=source_id,
        source_file=source_file,
        options=options,
        own_name=own_name,
    )


@asynccontextmanager
async def a_comfyui(
    *, patience: Timeouts | None = None, key: str = SANDBOX_KEY, version: str = NEWER
) -> AsyncIterator[Service]:
    clock = HandClock()
    host = ComfyUIHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=4, sound=False, version=version)
    async with serving({"/video/comfyui": host.application()}) as url:
        base_url = f"{url}/video/comfyui"
        account = an_account("comfyui", key=key, base_url=base_url)
        async with closed_in_the_end(ComfyUI(account, patience)) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=an_order)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfyUIScene(JobScene[ComfyUIHost]):
    """With the `card` of its only model, whose price applies to its orders."""

    card: ModelCard = field(default_factory=a_card)

    async def order(self, prompt: str = "a red fox in the snow", source: JobId | None = None) -> JobId:
        request = a_request(prompt=prompt, model="wan-2.2-5b", seconds=4, size=SMALL, source=source)
        quote = self.card.quote(request.seconds, request.size)
        return (await self.store.add(a_job(request=request, account="comfyui", quote=quote))).id


@asynccontextmanager
async def a_comfyui_scene(
    folder: Path, card: ModelCard, version: str, patience: Timeouts | None = None
) -> AsyncIterator[ComfyUIScene]:
    """Its model makes 4 s of SMALL, at the prices of the `card`."""
    clock = SteppingClock()
    host = ComfyUIHost(
        render_seconds=RENDERS_FOR,
        clock=lambda: clock.now().timestamp(),
        frame_rate=4,
        sound=False,
        version=version,
    )
    async with serving({"/video/comfyui": host.application()}) as url:
        provider = ComfyUI(an_account("comfyui", key=SANDBOX_KEY, base_url=f"{url}/video/comfyui"), patience)
        made = replace(card, seconds=(4,), sizes=(SMALL,))
        picture = a_picture(SMALL)
        async with a_job_scene(ComfyUIScene, folder, clock, host, provider, card=made, picture=picture) as scene:
            yield replace(scene, card=made)
