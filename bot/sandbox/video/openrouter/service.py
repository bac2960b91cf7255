"""The simulated service with OpenRouter's video dialect."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aiohttp import web

from bot.sandbox.video.faults import drop
from bot.sandbox.video.hooks import Due
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.openrouter.menu import MODELS, charge
from bot.sandbox.video.openrouter.orders import NO_KEY, Asked, Said, invalid, plain
from bot.sandbox.video.openrouter.webhooks import VideoHooks
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation, operation_of

LETTERS = string.ascii_letters + string.digits
MODERATED = "Content policy violation"
BROKE = "The simulated provider broke while making this video"


class OpenRouterHost(SimulatedService):
    """A simulated OpenRouter, to mount at `/video/openrouter`; its addresses begin with `/video/openrouter/api/v1`.

    `webhook_secret`: if set, it calls the `callback_url` of orders. For the rest see `SimulatedService`.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        frame_rate: int = 24,
        sound: bool = True,
        webhook_secret: str | None = None,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.hooks = VideoHooks(webhook_secret, clock) if webhook_secret else None

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/api/v1/videos", self._create, name=Operation.CREATE),
            web.get("/api/v1/videos/models", self._models, name=Operation.MODELS),
            web.get("/api/v1/videos/{id}", self._look, name=Operation.LOOK),
            web.get("/api/v1/videos/{id}/content", self._content, name=Operation.CONTENT),
            web.get("/api/v1/key", self._about_key, name=Operation.KEY),
        ]

    def is_known(self, request: web.Request) -> bool:
        """The list of models is public."""
        return operation_of(request) is Operation.MODELS or super().is_known(request)

    def refusal(self, refusal: Refusal) -> web.Response:
        if isinstance(refusal, Said):
            return refusal.answer()
        body = NO_KEY if refusal.status == 401 else plain(str(refusal), refusal.status).body
        return web.json_response(body, status=refusal.status)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except ValueError:
            raise plain("Invalid JSON") from None
        asked = Asked.of(body)
        ordered = self._ordered(asked)
        now = self._clock()
        name = f"gen-vid-{int(now)}-{''.join(secrets.choice(LETTERS) for _ in range(20))}"
        video = self._books.take(Operation.CREATE, ordered, now, self.render_seconds, name)
        base = _base(request)
        if asked.callback is not None and self.hooks is not None:
            shown = partial(self._shown, base, video)
            self.hooks.plan(Due(url=asked.callback, at=video.ends_at, model=asked.model, shown=shown))
        return drop(request) if video.behaviour.lost else web.json_response(_pending(base, video), status=202)

    def _ordered(self, asked: Asked) -> Ordered:
        lineage: tuple[str, ...] = ()
        if asked.previous is not None:
            source = self._job(asked.previous)
            if source.status(self._clock()) != "completed":
                raise invalid(f"Job {asked.previous} is not completed")
            lineage = source.ordered.lineage
        return Ordered(
            model=asked.model,
            seconds=asked.seconds,
            size=asked.size,
            lineage=(*lineage, asked.prompt),
            picture=asked.picture,
            end=asked.end,
            references=asked.references,
            seed=asked.seed,
            sound=asked.sound,
            without=asked.without,
            remixed_from=asked.previous,
        )

    async def _look(self, request: web.Request) -> web.Response:
        video = self._job(request.match_info["id"])
        if video.status(self._clock()) == "in_progress":
            self._paint_ahead(video)
        return web.json_response(self._shown(_base(request), video))

    async def _content(self, request: web.Request) -> web.Response:
        """In chunks and without a length, like the real one."""
        video, index = self._job(request.match_info["id"]), request.query.get("index", "0")
        if video.status(self._clock()) != "completed":
            raise plain(f"Job {video.id} is not completed")
        if index != "0":
            raise plain(f"Video index {index} out of range (1 videos available)")
        film = await self._lab.film(video)
        answer = web.Response(body=film.video, content_type="video/mp4")
        answer.enable_chunked_encoding()
        return answer

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": list(MODELS)})

    async def _about_key(self, _request: web.Request) -> web.Response:
        return web.json_response({"data": {"label": "sk-or-v1-pre...end", "limit": None, "usage": self._spent()}})

    def _spent(self) -> float:
        return round(sum(self._charge(self._job(line.id)) for line in self.created), 6)

    def _charge(self, video: SimulatedVideo) -> float:
        """Nothing for a failed one."""
        ordered = video.ordered
        if video.status(self._clock()) != "completed":
            return 0.0
        frames = (ordered.picture, ordered.end, *ordered.references)
        pictures = sum(frame is not None for frame in frames)
        return charge(ordered.model, ordered.size, ordered.seconds, pictures, sound=ordered.sound is not False)

    def _job(self, name: str) -> SimulatedVideo:
        """Raises Refusal."""
        try:
            return self._books.get(name)
        except Refusal:
            raise plain(f"Job {name} not found", 404) from None

    def _shown(self, base: str, video: SimulatedVideo) -> Mapping[str, Any]:
        """A video as the service shows it. Until its end it is pending: `in_progress` was never seen."""
        status, shown = video.status(self._clock()), _pending(base, video)
        match status:
            case "completed":
                content = f"{shown['polling_url']}/content?index=0"
                usage = {"cost": self._charge(video), "is_byok": False}
                made = {"generation_id": video.id, "unsigned_urls": [content], "usage": usage}
                return shown | made | {"status": status}
            case "failed":
                error = MODERATED if video.behaviour.moderated else BROKE
                return shown | {"generation_id": None, "status": status, "error": error}
            case _:
                return shown


def _base(request: web.Request) -> str:
    """The client's address for this service."""
    return str(request.url.origin().with_path(request.path.partition("/api/v1/")[0] + "/api/v1"))


def _pending(base: str, video: SimulatedVideo) -> dict[str, Any]:
    return {"id": video.id, "polling_url": f"{base}/videos/{video.id}", "status": "pending"}
