"""The simulated service with xAI's video API."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.data_classes import value_object
from bot.sandbox.video.faults import drop
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation, operation_of
from bot.sandbox.video.xai.orders import (
    ADDED,
    PICTURES,
    RATES,
    RESOLUTIONS,
    SECONDS,
    USUAL_SECONDS,
    WATCHED,
    Asked,
    Storage,
    refuse,
)

ADDRESS_SECONDS = 24 * 3600.0  # how long a finished video's address works
TICKS = 10**7  # a thousandth of a dollar
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_EDITED, EXTENDED = 8.7, (2, 15)  # seconds
USUAL_PAGE, MOST_ON_A_PAGE = 20, 100
LISTED_BY = frozenset({"limit", "order", "pagination_token"})
WITHHELD = "Generated video rejected by content moderation."


@value_object
class Request:
    """One accepted order, and the file that is stored for it."""

    video: SimulatedVideo
    storage: Storage | None
    ticks: int
    file: str = field(default_factory=lambda: f"file_{uuid.uuid4()}")

    def has_film(self, now: float) -> bool:
        return self.video.status(now) == "completed"

    def is_kept(self, now: float) -> bool:
        """Whether it is in Files: unfinished and withheld videos are not."""
        if self.storage is None or not self.has_film(now):
            return False
        return self.storage.seconds is None or now < self.video.ends_at + self.storage.seconds

    def as_file(self) -> dict[str, Any]:
        made = datetime.fromtimestamp(self.video.ends_at, UTC).isoformat()
        return {
            "id": self.file,
            "object": "file",
            "bytes": 1,
            "created_at": made,
            "filename": self.storage.name if self.storage else "",
        }


class XaiHost(SimulatedService):
    """A simulated xAI, to mount at `/video/xai`: a client's base address then ends in `/video/xai/v1`.

    `refuses_looks`: a withheld video is reported with a 400, as seen; otherwise as a video, as documented. For the rest
    see `SimulatedService`.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        frame_rate: int = 24,
        sound: bool = True,
        refuses_looks: bool = True,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.refuses_looks = refuses_looks
        self._requests: dict[str, Request] = {}
        self._deleted: set[str] = set()  # files

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/videos/generations", self._create, name=Operation.CREATE),
            web.post("/v1/videos/edits", self._edit, name=Operation.EDIT),
            web.post("/v1/videos/extensions", self._extend, name=Operation.EXTEND),
            web.get("/v1/videos/{id}", self._look, name=Operation.LOOK),
            web.get("/v1/files", self._list, name=Operation.LIST),
            web.get("/v1/files/{file}", self._about_file, name=Operation.FILE_INFO),
            web.get("/v1/files/{file}/content", self._file, name=Operation.FILE),
            web.delete("/v1/files/{file}", self._delete, name=Operation.DELETE),
            web.get("/vidgen/{id}.mp4", self._content, name=Operation.CONTENT),
        ]

    def is_known(self, request: web.Request) -> bool:
        """Anybody who has the address of a video may download it."""
        return operation_of(request) is Operation.CONTENT or super().is_known(request)

    def refusal(self, refusal: Refusal) -> web.Response:
        code = "unauthenticated" if refusal.status == 401 else refusal.error["code"] or "invalid-argument"
        return web.json_response({"code": code, "error": str(refusal)}, status=refusal.status)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = Asked.of("generations", await _body(request))
        ordered = Ordered(
            model=asked.model,
            seconds=asked.seconds(SECONDS, USUAL_SECONDS),
            size=asked.size,
            lineage=(asked.prompt,),
            picture=asked.picture,
            end=asked.end,
            references=asked.references,
        )
        pictures = sum(each is not None for each in (ordered.picture, ordered.end, *ordered.references))
        cost = RATES[asked.model][asked.resolution] * ordered.seconds + PICTURES[asked.model] * pictures
        return self._take(request, Operation.CREATE, asked, ordered, cost)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        asked = Asked.of("edits", await _body(request))
        source = self._source(asked)
        before = source.video.ordered
        if before.seconds > LONGEST_EDITED:
            refuse("The input video must be at most 8.7 seconds long.")
        ordered = replace(before, lineage=(*before.lineage, asked.prompt), remixed_from=source.video.id)
        cost = (_rate(ordered) + WATCHED) * before.seconds
        return self._take(request, Operation.EDIT, asked, ordered, cost)

    async def _extend(self, request: web.Request) -> web.StreamResponse:
        """The whole video is returned, and billed: that is the most that it can mean."""
        asked = Asked.of("extensions", await _body(request))
        source, added = self._source(asked), asked.seconds(ADDED, 6)
        before, (shortest, longest) = source.video.ordered, EXTENDED
        if not shortest <= before.seconds <= longest:
            refuse("The input video must be between 2 and 15 seconds long.")
        whole = before.seconds + added
        lineage = (*before.lineage, asked.prompt)
        ordered = replace(before, lineage=lineage, remixed_from=source.video.id, seconds=whole)
        cost = _rate(ordered) * whole + WATCHED * before.seconds
        return self._take(request, Operation.EXTEND, asked, ordered, cost)

    def _take(
        self, request: web.Request, operation: Operation, asked: Asked, ordered: Ordered, cost: int
    ) -> web.StreamResponse:
        """`cost`: thousandths of a dollar."""
        video = self._books.take(operation, ordered, self._clock(), self.render_seconds, str(uuid.uuid4()))
        self._requests[video.id] = Request(video=video, storage=asked.storage, ticks=cost * TICKS)
        return drop(request) if video.behaviour.lost else web.json_response({"request_id": video.id})

    def _source(self, asked: Asked) -> Request:
        """The finished video that an order changes. Raises Refusal."""
        (kind, named), now = asked.video, self._clock()
        if kind == "file_id":
            found = next((each for each in self._files() if each.file == named), None)
        else:
            found = self._requests.get(named.rpartition("/vidgen/")[2].removesuffix(".mp4"))
        if found is None or not (kind == "file_id" or self._has_address(found, now)):
            refuse("The input video could not be read.")
        return found

    async def _look(self, request: web.Request) -> web.Response:
        asked, now = self._request(request.match_info["id"]), self._clock()
        video, usage = asked.video, {"cost_in_usd_ticks": asked.ticks}
        if now < video.ends_at:
            self._paint_ahead(video)
            progress = {} if video.behaviour.no_progress else {"progress": max(1, video.progress(now))}
            return web.json_response({"status": "pending"} | progress, status=202)
        if video.behaviour.breaks:
            error = {"code": "internal_error", "message": "The video could not be generated"}
            return web.json_response({"status": "failed", "error": error})
        if video.behaviour.moderated and self.refuses_looks:
            body = {"code": "imagine:content-moderated", "error": WITHHELD, "usage": usage}
            return web.json_response(body, status=400)
        done = {"status": "done", "video": self._shown(request, asked), "model": video.ordered.model}
        return web.json_response(done | {"usage": usage, "progress": 100})

    def _shown(self, request: web.Request, asked: Request) -> dict[str, Any]:
        video = asked.video
        shown: dict[str, Any] = {"duration": video.ordered.seconds, "respect_moderation": not video.behaviour.moderated}
        if video.behaviour.moderated:
            return {"url": ""} | shown
        base, _, _ = request.path.partition("/v1/")
        if self._is_kept(asked) and asked.storage is not None:
            shown["file_output"] = {"file_id": asked.file, "filename": asked.storage.name}
        return {"url": f"{request.url.origin()}{base}/vidgen/{video.id}.mp4"} | shown

    async def _content(self, request: web.Request) -> web.Response:
        asked = self._requests.get(request.match_info["id"])
        if asked is None or not self._has_address(asked, self._clock()):
            raise web.HTTPNotFound
        return await self._film(asked)

    def _has_address(self, asked: Request, now: float) -> bool:
        return asked.has_film(now) and now < asked.video.ends_at + ADDRESS_SECONDS

    async def _film(self, asked: Request) -> web.Response:
        return web.Response(body=(await self._lab.film(asked.video)).video, content_type="video/mp4")

    async def _list(self, request: web.Request) -> web.Response:
        """The existing ones, newest first."""
        if unknown := sorted(request.query.keys() - LISTED_BY):
            refuse(f"unknown parameter `{unknown[0]}`")
        start, limit = int(request.query.get("pagination_token", "0")), int(request.query.get("limit", USUAL_PAGE))
        files = self._files()
        if request.query.get("order", "desc") == "asc":
            files = files[::-1]
        end = start + min(limit, MOST_ON_A_PAGE)
        more = {"pagination_token": str(end)} if end < len(files) else {}
        return web.json_response({"data": [each.as_file() for each in files[start:end]]} | more)

    def _files(self) -> Sequence[Request]:
        kept = [each for each in self._requests.values() if self._is_kept(each)]
        return sorted(kept, key=lambda each: each.video.ends_at, reverse=True)

    def _is_kept(self, asked: Request) -> bool:
        return asked.is_kept(self._clock()) and asked.file not in self._deleted

    async def _about_file(self, request: web.Request) -> web.Response:
        return web.json_response(self._kept(request).as_file())

    async def _file(self, request: web.Request) -> web.Response:
        return await self._film(self._kept(request))

    async def _delete(self, request: web.Request) -> web.Response:
        file = self._kept(request).file
        self._deleted.add(file)
        return web.json_response({"id": file, "deleted": True})

    def _kept(self, request: web.Request) -> Request:
        """Raises Refusal."""
        file = request.match_info["file"]
        found = next((each for each in self._files() if each.file == file), None)
        if found is None:
            refuse(f"File {file} not found", 404, "not-found")
        return found

    def _request(self, request_id: str) -> Request:
        """Raises Refusal."""
        if ID.fullmatch(request_id) is None:
            refuse(f"Malformed request ID: {request_id}")
        if request_id not in self._requests:
            refuse("The deferred request was not found", 404, "not-found")
        return self._requests[request_id]


async def _body(request: web.Request) -> object:
    try:
        return await request.json()
    except ValueError:
        refuse("Failed to parse the request body as JSON", 422)


def _rate(ordered: Ordered) -> int:
    resolution = next(name for name, short in RESOLUTIONS.items() if short == min(ordered.size))
    return RATES[ordered.model][resolution]
