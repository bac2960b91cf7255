"""The simulated service with fal's dialect."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from bot.sandbox.video.fal.menu import MODELS, description
from bot.sandbox.video.fal.orders import Said, check, flagged, ordered, source_id
from bot.sandbox.video.fal.webhooks import RequestHooks
from bot.sandbox.video.faults import drop
from bot.sandbox.video.hooks import Due
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation, operation_of

OPEN = frozenset({Operation.FILE, Operation.KEYS, Operation.MODELS, Operation.SCHEMA})  # without a key
WORKED = 12.5  # seconds that a runner works on a video, or until it notices what it is making
QUICK_REFUSAL = 0.05  # seconds in which a runner checks an order
BROKE = "Internal Server Error"


class FalHost(SimulatedService):
    """A simulated fal, to mount at `/video/fal`: the queue there, its platform below `/v1`.

    `calls`: whether it calls the webhooks that orders name. For the rest see `SimulatedService`.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        frame_rate: int = 24,
        sound: bool = True,
        calls: bool = False,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.hooks: RequestHooks | None = RequestHooks(clock) if calls else None
        self._sent: dict[str, Mapping[str, Any]] = {}  # the body of each request
        self._stopped: dict[str, float] = {}  # the times of those that were stopped
        self.queued_seconds = 0.0  # from an order to the time at which the list says it was sent

    def routes(self) -> list[web.RouteDef]:
        request = r"/{application:[\w.-]+/[\w.-]+}/requests/{id}"
        return [
            web.get("/.well-known/jwks.json", self._keys, name=Operation.KEYS),
            web.get("/openapi.json", self._describe, name=Operation.SCHEMA),
            web.get("/v1/models", self._models, name=Operation.MODELS),
            web.get("/v1/models/pricing", self._prices, name=Operation.KEY),
            web.get("/v1/models/requests/by-endpoint", self._list, name=Operation.LIST),
            web.delete("/v1/models/requests/{id}/payloads", self._delete, name=Operation.DELETE),
            web.get("/files/{id}.mp4", self._file, name=Operation.FILE),
            web.get(f"{request}/status", self._look, name=Operation.LOOK),
            web.get(request, self._result, name=Operation.CONTENT),
            web.put(f"{request}/cancel", self._cancel, name=Operation.CANCEL),
            web.post("/{endpoint:.+}", self._create, name=Operation.CREATE),
        ]

    def is_known(self, request: web.Request) -> bool:
        return operation_of(request) in OPEN or request.headers.get("Authorization") == f"Key {self._key}"

    def refusal(self, refusal: Refusal) -> web.Response:
        if isinstance(refusal, Said):
            return refusal.answer()
        return Said(refusal.status, "Invalid authentication credentials" if refusal.status == 401 else BROKE).answer()

    async def _create(self, request: web.Request) -> web.StreamResponse:
        endpoint = request.match_info["endpoint"]
        try:
            body = await request.json()
        except ValueError:
            raise Said(400, "Invalid JSON in request body", "bad_request") from None
        if endpoint not in MODELS:
            raise Said(404, f'Application "{endpoint}" not found')
        if not isinstance(body, dict):
            raise Said(400, "Expected an object", "bad_request")
        source = self._books.get(name).ordered if (name := source_id(body)) else None
        operation = Operation.CREATE if source is None else Operation.REMIX
        wanted = ordered(endpoint, body, source)
        video = self._books.take(operation, wanted, self._clock(), self.render_seconds, str(uuid.uuid4()))
        self._sent[video.id] = body
        if self.hooks is not None and (url := request.query.get("fal_webhook")) is not None:
            base = _base(request)
            shown = partial(self._called, base, video)
            self.hooks.plan(Due(url=url, at=self._ended_at(video), model=wanted.model, shown=shown))
        return drop(request) if video.behaviour.lost else web.json_response(_taken(_base(request), video))

    async def _look(self, request: web.Request) -> web.Response:
        video = self._video(request)
        where = _taken(_base(request), video)
        shown: dict[str, Any] = {name: where[name] for name in ("request_id", "response_url", "status_url")}
        if (state := self._state(video)) == "queued":
            return web.json_response(shown | {"status": "IN_QUEUE", "queue_position": 0}, status=202)
        if state == "in_progress":
            self._paint_ahead(video)
            return web.json_response(shown | {"status": "IN_PROGRESS", "logs": None}, status=202)
        failure = self._failure(video)
        seconds = QUICK_REFUSAL if failure is not None and not video.will_fail else WORKED
        shown |= {"status": "COMPLETED", "metrics": {"inference_time": seconds}}
        if failure is not None:
            shown |= {"error": str(failure.detail), "error_type": failure.kind or "model_error"}
        return web.json_response(shown)

    async def _result(self, request: web.Request) -> web.Response:
        video = self._video(request)
        if self._state(video) in {"queued", "in_progress"}:
            raise Said(400, "Request is still in progress")
        if (failure := self._failure(video)) is not None:
            raise failure
        return web.json_response(self._output(_base(request), video))

    def _output(self, base: str, video: SimulatedVideo) -> Mapping[str, Any]:
        url = f"{base}/files/{video.id}.mp4"
        film = {"url": url, "content_type": "video/mp4", "file_name": "output.mp4", "file_size": None}
        return {"video": film} | ({"seed": video.ordered.seed} if video.ordered.seed else {})

    def _called(self, base: str, video: SimulatedVideo) -> Mapping[str, Any]:
        """A webhook's body about a request that has ended."""
        failure, told = self._failure(video), {"request_id": video.id, "gateway_request_id": video.id}
        if failure is not None:
            return {**told, "status": "ERROR", "payload": {"detail": failure.detail}, "error": str(failure.detail)}
        return {**told, "status": "OK", "payload": self._output(base, video)}

    async def _keys(self, _request: web.Request) -> web.Response:
        return web.json_response({"keys": [] if self.hooks is None else [self.hooks.published]})

    async def _file(self, request: web.Request) -> web.Response:
        video = self._books.get(request.match_info["id"])
        if self._state(video) != "completed":
            raise Said(404, "File not found")
        film = await self._lab.film(video)
        return web.Response(body=film.video, content_type="video/mp4")

    async def _cancel(self, request: web.Request) -> web.Response:
        """A waiting request is removed from the queue; a running one ends by itself."""
        video = self._video(request)
        if (state := self._state(video)) in {"completed", "failed"}:
            return web.json_response({"status": "ALREADY_COMPLETED"}, status=400)
        if state == "queued":
            self._stopped[video.id] = self._clock()
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    async def _list(self, request: web.Request) -> web.Response:
        """Only ended requests, the latest end first."""
        names, since = set(request.query.getall("endpoint_id", [])), _moment(request.query.get("start"))
        limit, start = int(request.query.get("limit", "50")), int(request.query.get("cursor", "0"))
        if not names or len(names) > 50 or not 1 <= limit <= 100:
            raise Said(422, [{"loc": ["query"], "msg": "Invalid query", "type": "value_error"}])
        ended = [
            video
            for line in self.created
            if line.id in self._sent
            and line.ordered.model in names
            and self._state(video := self._books.get(line.id)) in {"completed", "failed"}
            and self._ended_at(video) >= since
        ]
        ended.sort(key=self._ended_at, reverse=True)
        has_payloads = "payloads" in request.query.getall("expand", [])
        items = [self._listed(video, has_payloads=has_payloads) for video in ended[start : start + limit]]
        has_more = len(ended) > start + limit
        return web.json_response(
            {"items": items, "next_cursor": str(start + limit) if has_more else None, "has_more": has_more}
        )

    def _listed(self, video: SimulatedVideo, *, has_payloads: bool) -> dict[str, Any]:
        failure = self._failure(video)
        shown = {
            "request_id": video.id,
            "endpoint_id": video.ordered.model,
            "sent_at": _written(video.created_at + self.queued_seconds),
            "started_at": _written(video.created_at),
            "ended_at": _written(self._ended_at(video)),
            "status_code": 200 if failure is None else failure.status,
            "duration": self.render_seconds,
        }
        return shown | ({"json_input": self._sent[video.id]} if has_payloads else {})

    async def _delete(self, request: web.Request) -> web.Response:
        video = self._books.remove(request.match_info["id"])
        del self._sent[video.id]
        self._lab.forget(video)
        link = f"{_base(request)}/files/{video.id}.mp4"
        return web.json_response({"cdn_delete_results": [{"link": link, "exception": None}]})

    async def _models(self, request: web.Request) -> web.Response:
        wanted = request.query.get("category")
        rows = [
            {"endpoint_id": name, "metadata": {"display_name": name, "category": model.category, "status": "active"}}
            for name, model in MODELS.items()
            if wanted in {None, model.category}
        ]
        return web.json_response({"models": rows, "next_cursor": None, "has_more": False})

    async def _describe(self, request: web.Request) -> web.Response:
        endpoint = request.query.get("endpoint_id", "")
        if endpoint not in MODELS:
            raise Said(404, "Not Found")
        return web.json_response(description(endpoint))

    async def _prices(self, request: web.Request) -> web.Response:
        names = request.query.getall("endpoint_id", [])
        if not names or len(names) > 50:
            raise Said(422, [{"loc": ["query", "endpoint_id"], "msg": "Invalid query", "type": "value_error"}])
        rows = [
            {"endpoint_id": name, "unit_price": MODELS[name].unit_price, "unit": MODELS[name].unit, "currency": "USD"}
            for name in names
            if name in MODELS
        ]
        return web.json_response({"prices": rows, "next_cursor": None, "has_more": False})

    def _video(self, request: web.Request) -> SimulatedVideo:
        """Raises Said."""
        try:
            video = self._books.get(request.match_info["id"])
        except Refusal:
            raise Said(404, "Request not found") from None
        if not video.ordered.model.startswith(f"{request.match_info['application']}"):
            raise Said(404, "Request not found")
        return video

    def _state(self, video: SimulatedVideo) -> str:
        return "failed" if video.id in self._stopped else video.status(self._clock())

    def _ended_at(self, video: SimulatedVideo) -> float:
        return self._stopped.get(video.id, video.ends_at)

    def _failure(self, video: SimulatedVideo) -> Said | None:
        """Why a request that has ended has no video."""
        if video.id in self._stopped:
            return Said(499, "Request was cancelled by the client", "client_cancelled")
        try:
            check(video.ordered.model, self._sent[video.id])
        except Said as refusal:
            return refusal
        if video.behaviour.moderated:
            return flagged(video.ordered.prompt)
        return Said(500, BROKE, "runner_server_error") if video.behaviour.breaks else None


def _base(request: web.Request) -> str:
    """The client's address for this service."""
    return str(request.url.origin().with_path(request.path.partition("/fal/")[0] + "/fal"))


def _taken(base: str, video: SimulatedVideo) -> dict[str, Any]:
    """The answer to an order. Its addresses contain only the application's name."""
    where = f"{base}/{'/'.join(video.ordered.model.split('/')[:2])}/requests/{video.id}"
    return {
        "status": "IN_QUEUE",
        "request_id": video.id,
        "response_url": where,
        "status_url": f"{where}/status",
        "cancel_url": f"{where}/cancel",
        "queue_position": 0,
    }


def _moment(text: str | None) -> float:
    return 0.0 if text is None else datetime.fromisoformat(text).timestamp()


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
