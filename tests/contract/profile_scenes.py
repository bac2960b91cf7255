"""A simulated server of one kind with our provider, for tests that apply to every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.server_profiles import BY_NAME, ServerProfile
from tests.contract.video_services import Service, StockFootage, a_service, an_order

ALL_METHODS = tuple(RemixMethod)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A simulated server, its profile, and our provider for it."""

    service: Service
    profile: ServerProfile

    def order(
        self,
        prompt: str = "a red fox",
        *,
        method: RemixMethod | None = None,
        picture: bytes | None = None,
        source_id: str | None = None,
        source_file: Path | None = None,
        remote: str | None = None,
    ) -> Order:
        """For the first served model, unless another is named."""
        model = self.service.host.models[0] if remote is None else remote
        order = an_order(
            prompt, method=method, picture=picture, source_id=source_id, source_file=source_file, remote=model
        )
        return replace(order, card=replace(order.card, remix=ALL_METHODS))

    async def submit(self, order: Order) -> str:
        """Send an order; time passes if the answer waits for the video."""
        sending = asyncio.create_task(self.service.provider.submit(order))
        while self.profile.blocks and not sending.done():
            await asyncio.wait([sending], timeout=0.02)
            self.service.finish()
        return await sending

    async def finished(self, order: Order | None = None) -> str:
        remote_id = await self.submit(order or self.order())
        self.service.finish()
        return remote_id


@asynccontextmanager
async def a_scene(name: str, *, server: str | None = None, patience: Timeouts | None = None) -> AsyncIterator[Scene]:
    async with a_service(accent=name, server=server or name, patience=patience) as service:
        service.host._lab = StockFootage(frame_rate=1, sound=False)
        yield Scene(service=service, profile=BY_NAME[name])
