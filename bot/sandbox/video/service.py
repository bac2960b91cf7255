"""What all simulated video services have in common, whichever dialect they speak."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.sandbox.video.books import Accepted, Books
from bot.sandbox.video.faults import Handler, upset
from bot.sandbox.video.hooks import Hooks
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting.lab import Lab
from bot.sandbox.video.trouble import Operation, Trouble, operation_of

SANDBOX_KEY = "sandbox-key"


class SimulatedService(ABC):
    """A service with a memory, a bill, a clock and scripted faults. A dialect adds its routes and formats.

    `render_seconds`: how long a video takes. `clock`: Unix seconds. `key`: the one it accepts. `frame_rate` and `sound`
    are those of the films; fewer frames cost less to paint. `hooks`: calls webhooks when a video has ended, if given.
    """

    hooks: Hooks | None = None

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        frame_rate: int = 24,
        sound: bool = True,
    ) -> None:
        self.render_seconds = render_seconds
        self.trouble = Trouble()
        self.asked: Counter[Operation] = Counter()  # all requests, refused or not
        self._clock = clock
        self._key = key
        self._books = Books()
        self._lab = Lab(frame_rate=frame_rate, sound=sound)
        self._closing = asyncio.Event()

    @property
    def created(self) -> Sequence[Accepted]:
        """Every accepted paid request, oldest first: the content of a bill."""
        return tuple(self._books.bill)

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """Its routes, each named after its operation."""

    def is_known(self, request: web.Request) -> bool:
        """Whether a request has the right key."""
        return request.headers.get("Authorization") == f"Bearer {self._key}"

    def refusal(self, refusal: Refusal) -> web.Response:
        """A refusal in the dialect's own format."""
        return refusal.answer()

    def _paint_ahead(self, video: SimulatedVideo) -> None:
        """So that the film is ready in time; a video that fails has none."""
        if not video.will_fail:
            self._lab.begin(video)

    def application(self) -> web.Application:
        """An application to mount with `add_subapp`.

        The `client_max_size` of the parent application limits the size of uploads.
        """
        application = web.Application(middlewares=[self._count, upset(self.trouble, self._closing), self._guard])
        application.add_routes(self.routes())
        application.on_shutdown.append(self._begin_closing)
        application.on_cleanup.append(self._close)
        return application

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        operation = operation_of(request)
        if operation is not None:
            self.asked[operation] += 1
        return await handler(request)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check the key, and return refusals in the dialect's own format."""
        if not self.is_known(request):
            return self.refusal(Refusal(401, "Incorrect API key provided.", code="invalid_api_key"))
        try:
            return await handler(request)
        except Refusal as refusal:
            return self.refusal(refusal)

    async def _begin_closing(self, _application: web.Application) -> None:
        self._closing.set()
        if self.hooks is not None:
            await self.hooks.close()

    async def _close(self, _application: web.Application) -> None:
        await self._lab.close()
