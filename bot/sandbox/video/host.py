"""The pretend service that speaks the OpenAI Videos dialect."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from aiohttp import web

from bot.sandbox.video import orders
from bot.sandbox.video.faults import drop
from bot.sandbox.video.orders import Refusal
from bot.sandbox.video.service import SANDBOX_KEY, PretendService
from bot.sandbox.video.trouble import Operation
from bot.sandbox.video.videos import Ordered, PretendVideo

LONGEST_PAGE = 100
USUAL_PAGE = 20


class VideoHost(PretendService):
    """A pretend `/v1/videos` service, to mount at `/video/openai`.

    `poll_after_ms`: sent with every look, if given. For the rest see `PretendService`.
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
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.poll_after_ms = poll_after_ms

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/videos", self._create, name=Operation.CREATE),
            web.get("/v1/videos", self._list, name=Operation.LIST),
            web.post("/v1/videos/edits", self._edit, name=Operation.EDIT),
            web.post("/v1/videos/{id}/remix", self._remix, name=Operation.REMIX),
            web.get("/v1/videos/{id}", self._look, name=Operation.LOOK),
            web.get("/v1/videos/{id}/content", self._content, name=Operation.CONTENT),
            web.delete("/v1/videos/{id}", self._delete, name=Operation.DELETE),
            web.get("/v1/models", self._models, name=Operation.MODELS),
        ]

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
        video_id = f"video_{secrets.token_hex(24)}"
        video = self._books.take(operation, ordered, self._clock(), self.render_seconds, video_id)
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
