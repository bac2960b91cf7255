"""The simulated service with the OpenAI Videos dialect."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.video.faults import drop
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.accents import MANNERS, SIMULATED_ACCENTS
from bot.sandbox.video.openai.handing_out import INSIDE, places, way_of
from bot.sandbox.video.openai.manner import Json
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation

LONGEST_PAGE = 100
USUAL_PAGE = 20
WHILE_BLOCKING = 0.02  # seconds between two checks of the clock
OPEN = frozenset({Operation.HEALTH, Operation.FILE})  # without a key


class VideoHost(SimulatedService):
    """A simulated `/v1/videos` service, to mount at `/video/openai`.

    `accent`: the kind of server it simulates, one of SIMULATED_ACCENTS. `poll_after_ms`: sent with every poll, if
    given. For the rest see `SimulatedService`. `handout` is how it delivers finished films: one of `handouts`, and may
    be changed.
    """

    def __init__(
        self,
        *,
        accent: str = SIMULATED_ACCENTS[0],
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        poll_after_ms: int | None = None,
        frame_rate: int = 24,
        sound: bool = True,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.poll_after_ms = poll_after_ms
        self._manner = MANNERS[accent]()
        self.handouts = self._manner.handouts
        self.handout = self.handouts[0]

    @property
    def models(self) -> Sequence[str]:
        """Names of the models it serves."""
        return self._manner.models

    def restart(self) -> None:
        """Lose whatever a server of this kind keeps only in memory."""
        if self._manner.forgets:
            self._books.forget()

    def routes(self) -> list[web.RouteDef]:
        known = [
            web.post("/v1/videos", self._create, name=Operation.CREATE),
            web.get("/v1/videos", self._list, name=Operation.LIST),
            web.post("/v1/videos/edits", self._edit, name=Operation.EDIT),
            web.post("/v1/videos/extensions", self._extend, name=Operation.EXTEND),
            web.post("/v1/videos/{id}/remix", self._remix, name=Operation.REMIX),
            web.get("/v1/videos/{id}", self._look, name=Operation.LOOK),
            web.get("/v1/videos/{id}/content", self._content, name=Operation.CONTENT),
            web.delete("/v1/videos/{id}", self._delete, name=Operation.DELETE),
            web.get("/v1/models", self._models, name=Operation.MODELS),
            web.get("/files/{id}.mp4", self._file, name=Operation.FILE),
        ]
        health = [
            web.get(path, partial(self._health, said), name=Operation.HEALTH)
            for path, said in self._manner.health.items()
        ]
        return [route for route in known if route.kwargs["name"] in self._manner.operations] + health

    def application(self) -> web.Application:
        application = super().application()
        application.on_response_prepare.append(self._sign)
        return application

    async def _sign(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._manner.headers)

    def is_known(self, request: web.Request) -> bool:
        return request.match_info.route.name in OPEN or super().is_known(request)

    def refusal(self, refusal: Refusal) -> web.Response:
        return self._manner.refused(refusal)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        sent = await self._manner.read(request)
        return await self._begin(request, Operation.CREATE, self._manner.order(sent))

    async def _remix(self, request: web.Request) -> web.StreamResponse:
        sent = await orders.read(request)
        ordered = self._books.remix(self._asked(request), sent.prompt(), self._clock())
        return await self._begin(request, Operation.REMIX, ordered)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        sent = await orders.read(request)
        source = sent.source_id()
        if source is None:
            ordered = orders.edit_of_upload(sent)
        else:
            ordered = self._books.remix(source, sent.prompt(), self._clock())
        return await self._begin(request, Operation.EDIT, ordered)

    async def _extend(self, request: web.Request) -> web.StreamResponse:
        """The result is the video with its new part: `seconds` of the answer is "the stitched total duration"."""
        sent = await orders.read(request)
        seconds = int(sent.one_of("seconds", orders.LENGTHS, orders.LENGTHS[0]))
        ordered = self._books.remix(sent.source_id() or "", sent.prompt(), self._clock())
        whole = ordered.seconds + seconds
        if whole > orders.LONGEST_WHOLE:
            raise Refusal(400, f"The extended video would be longer than {orders.LONGEST_WHOLE} seconds.")
        return await self._begin(request, Operation.EXTEND, replace(ordered, seconds=whole))

    async def _begin(self, request: web.Request, operation: Operation, ordered: Ordered) -> web.StreamResponse:
        video = self._take(operation, ordered)
        if self._manner.blocks:
            await self._until_made(video)
        if not video.behaviour.lost:
            return await self._shown(request, video)
        for _ in range(self._manner.times_sent(request) - 1):
            self._take(operation, ordered)
        if self._manner.lost is None:
            return drop(request)
        raise Refusal(500, self._manner.lost)

    def _take(self, operation: Operation, ordered: Ordered) -> SimulatedVideo:
        return self._books.take(operation, ordered, self._clock(), self.render_seconds, self._manner.new_id())

    async def _until_made(self, video: SimulatedVideo) -> None:
        while self._clock() < video.ends_at and not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WHILE_BLOCKING):
                    await self._closing.wait()

    def _asked(self, request: web.Request) -> str:
        """Our id of the video that a request names. Raises Refusal."""
        return self._manner.known_as(request.match_info["id"], request.query)

    async def _look(self, request: web.Request) -> web.Response:
        video = self._books.get(self._asked(request))
        if video.status(self._clock()) == "in_progress":
            self._paint_ahead(video)
        return await self._shown(request, video)

    async def _list(self, request: web.Request) -> web.Response:
        self._manner.check_list(request.query)
        limit = request.query.get("limit", str(USUAL_PAGE))
        if not limit.isascii() or not limit.isdigit() or int(limit) > LONGEST_PAGE:
            raise Refusal(400, f"Invalid 'limit': expected 0 to {LONGEST_PAGE}.", code="invalid_value", param="limit")
        order = request.query.get("order", "desc")
        if order not in ("asc", "desc"):
            raise Refusal(400, "Invalid 'order': expected 'asc' or 'desc'.", code="invalid_value", param="order")
        page = self._books.page(limit=int(limit), newest_first=order == "desc", after=request.query.get("after"))
        shown = [self._manner.shown(video, self._clock()) for video in page.videos]
        return web.json_response(self._manner.page(shown, has_more=page.has_more))

    async def _content(self, request: web.Request) -> web.Response:
        video, now = self._books.get(self._asked(request)), self._clock()
        variant = request.query.get("variant", "video")
        if variant not in ("video", "thumbnail", "spritesheet"):
            raise Refusal(400, f"Invalid value: '{variant}'.", code="invalid_value", param="variant")
        if variant != "video" and self._manner.no_stills:
            raise Refusal(400, self._manner.no_stills)
        if video.status(now) != "completed":
            raise Refusal(*self._manner.not_ready)
        if now >= video.expires_at:
            raise Refusal(404, "The content of this video has expired.", code="expired")
        if variant == "video":
            way_of(self.handout, file_address(request, video))
        film = await self._lab.film(video)
        match variant if self._manner.has_stills else "video":
            case "thumbnail":
                return web.Response(body=film.thumbnail, content_type="image/webp")
            case "spritesheet":
                return web.Response(body=film.spritesheet, content_type="image/jpeg")
            case _:
                return web.Response(body=film.video, content_type="video/mp4")

    async def _file(self, request: web.Request) -> web.Response:
        """The film in a separate store, open to everybody who knows the address."""
        film = await self._lab.film(self._books.get(request.match_info["id"]))
        return web.Response(body=film.video, content_type="video/mp4")

    async def _delete(self, request: web.Request) -> web.Response:
        video = self._books.remove(self._asked(request))
        self._lab.forget(video)
        return web.json_response(self._manner.deleted(video, self._clock()))

    async def _models(self, _request: web.Request) -> web.Response:
        return web.json_response(self._manner.model_list())

    async def _health(self, said: Json, _request: web.Request) -> web.Response:
        return web.json_response(said)

    async def _shown(self, request: web.Request, video: SimulatedVideo) -> web.Response:
        hint = {} if self.poll_after_ms is None else {"openai-poll-after-ms": str(self.poll_after_ms)}
        return web.json_response(
            self._manner.shown(video, self._clock()) | await self._places(request, video), headers=hint
        )

    async def _places(self, request: web.Request, video: SimulatedVideo) -> Json:
        """The location of its film in the video itself, once there is one."""
        if video.status(self._clock()) != "completed":
            return {}
        inside = (await self._lab.film(video)).video if self.handout in INSIDE else b""
        return places(self.handout, file_address(request, video), inside)


def file_address(request: web.Request, video: SimulatedVideo) -> str:
    root = request.path.partition("/v1/")[0]
    return f"{request.scheme}://{request.host}{root}/files/{quote(video.id, safe='')}.mp4"
