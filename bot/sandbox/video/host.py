"""The service itself: its routes, and what a test or a demo may ask of it afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.sandbox.video import orders
from bot.sandbox.video.books import Accepted, Books
from bot.sandbox.video.faults import Handler, drop, upset
from bot.sandbox.video.lab import Lab
from bot.sandbox.video.orders import Refusal
from bot.sandbox.video.trouble import Operation, Trouble, operation_of
from bot.sandbox.video.videos import Ordered, PretendVideo

SANDBOX_KEY = "sandbox-key"
LONGEST_PAGE = 100
USUAL_PAGE = 20


class VideoHost:
    """A pretend `/v1/videos` service with a memory, a bill, a sense of time and a script of trouble.

    `render_seconds`: how long a video takes. `clock`: Unix seconds. `key`: the bearer key it accepts. `poll_after_ms`:
    sent with every look, if given. `frame_rate` and `sound` are those of the films; fewer frames cost less to paint.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        poll_after_ms: int | None = None,
        frame_rate: int = 24,
        sound: bool = True,
    ) -> None:
        self.render_seconds = render_seconds
        self.poll_after_ms = poll_after_ms
        self.trouble = Trouble()
        self.asked: Counter[Operation] = Counter()  # every request that came in, refused or not
        self._clock = clock
        self._key = key
        self._books = Books()
        self._lab = Lab(frame_rate=frame_rate, sound=sound)
        self._closing = asyncio.Event()

    @property
    def created(self) -> Sequence[Accepted]:
        """Every paid request that was taken, oldest first: what would be on the bill."""
        return tuple(self._books.bill)

    def application(self) -> web.Application:
        """An application to mount with `add_subapp("/video/openai", …)`.

        The application it is mounted in decides by its `client_max_size` how large an upload may be.
        """
        application = web.Application(middlewares=[self._count, upset(self.trouble, self._closing), self._guard])
        application.add_routes(
            [
                web.post("/v1/videos", self._create, name=Operation.CREATE),
                web.get("/v1/videos", self._list, name=Operation.LIST),
                web.post("/v1/videos/edits", self._edit, name=Operation.EDIT),
                web.post("/v1/videos/{id}/remix", self._remix, name=Operation.REMIX),
                web.get("/v1/videos/{id}", self._look, name=Operation.LOOK),
                web.get("/v1/videos/{id}/content", self._content, name=Operation.CONTENT),
                web.delete("/v1/videos/{id}", self._delete, name=Operation.DELETE),
                web.get("/v1/models", self._models, name=Operation.MODELS),
            ]
        )
        application.on_shutdown.append(self._begin_closing)
        application.on_cleanup.append(self._close)
        return application

    async def _create(self, request: web.Request) -> web.StreamResponse:
        return self._begin(request, Operation.CREATE, orders.new_video(await orders.read(request)))

    async def _remix(self, request: web.Request) -> web.StreamResponse:
        sent = await orders.read(request)
        ordered = self._books.remix(request.match_info["id"], sent.prompt(), self._clock())
        return self._begin(request, Operation.REMIX, ordered)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        sent = await orders.read(request)
        source = sent.source_id()
        if source is None:
            ordered = orders.edit_of_upload(sent)
        else:
            ordered = self._books.remix(source, sent.prompt(), self._clock())
        return self._begin(request, Operation.EDIT, ordered)

    def _begin(self, request: web.Request, operation: Operation, ordered: Ordered) -> web.StreamResponse:
        video = self._books.take(operation, ordered, self._clock(), self.render_seconds)
        return drop(request) if video.behaviour.lost else self._shown(video)

    async def _look(self, request: web.Request) -> web.Response:
        video = self._books.get(request.match_info["id"])
        if video.status(self._clock()) == "in_progress" and not video.will_fail:
            self._lab.begin(video)  # so that the film is there when its time comes
        return self._shown(video)

    async def _list(self, request: web.Request) -> web.Response:
        limit = request.query.get("limit", str(USUAL_PAGE))
        if not limit.isascii() or not limit.isdigit() or int(limit) > LONGEST_PAGE:
            raise Refusal(400, f"Invalid 'limit': expected 0 to {LONGEST_PAGE}.", code="invalid_value", param="limit")
        order = request.query.get("order", "desc")
        if order not in ("asc", "desc"):
            raise Refusal(400, "Invalid 'order': expected 'asc' or 'desc'.", code="invalid_value", param="order")
        page = self._books.page(limit=int(limit), newest_first=order == "desc", after=request.query.get("after"))
        ids = [video.id for video in page.videos]
        return web.json_response(
            {
                "object": "list",
                "data": [video.as_json(self._clock()) for video in page.videos],
                "first_id": ids[0] if ids else None,
                "last_id": ids[-1] if ids else None,
                "has_more": page.has_more,
            }
        )

    async def _content(self, request: web.Request) -> web.Response:
        video, now = self._books.get(request.match_info["id"]), self._clock()
        variant = request.query.get("variant", "video")
        if variant not in ("video", "thumbnail", "spritesheet"):
            raise Refusal(400, f"Invalid value: '{variant}'.", code="invalid_value", param="variant")
        if video.status(now) != "completed":
            raise Refusal(404, "Video is not ready yet, use GET /v1/videos/{video_id} to check status.")
        if now >= video.expires_at:
            raise Refusal(404, "The content of this video has expired.", code="expired")
        film = await self._lab.film(video)
        match variant:
            case "thumbnail":
                return web.Response(body=film.thumbnail, content_type="image/webp")
            case "spritesheet":
                return web.Response(body=film.spritesheet, content_type="image/jpeg")
            case _:
                return web.Response(body=film.video, content_type="video/mp4")

    async def _delete(self, request: web.Request) -> web.Response:
        video = self._books.remove(request.match_info["id"])
        self._lab.forget(video)
        return web.json_response({"id": video.id, "object": "video.deleted", "deleted": True})

    async def _models(self, _request: web.Request) -> web.Response:
        models = [
            {"id": name, "object": "model", "created": 1759276800, "owned_by": "pretend"} for name in orders.SIZES
        ]
        return web.json_response({"object": "list", "data": models})

    def _shown(self, video: PretendVideo) -> web.Response:
        hint = {} if self.poll_after_ms is None else {"openai-poll-after-ms": str(self.poll_after_ms)}
        return web.json_response(video.as_json(self._clock()), headers=hint)

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        operation = operation_of(request)
        if operation is not None:
            self.asked[operation] += 1
        return await handler(request)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check the key, and say refusals in the service's own shape."""
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            return Refusal(401, "Incorrect API key provided.", code="invalid_api_key").answer()
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.answer()

    async def _begin_closing(self, _application: web.Application) -> None:
        self._closing.set()

    async def _close(self, _application: web.Application) -> None:
        await self._lab.close()
