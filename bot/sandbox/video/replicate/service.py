"""A simulated Replicate, for the demo and for tests: a few models, predictions with their inputs, and no prices.

It deletes the data of a prediction an hour after its end, like the real one.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from bot.sandbox.video.faults import drop
from bot.sandbox.video.hooks import Due
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.replicate.menu import COLLECTIONS, MODELS, description_of
from bot.sandbox.video.replicate.orders import Asked, Problem
from bot.sandbox.video.replicate.webhooks import PredictionHooks
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation, operation_of

LETTERS = string.ascii_lowercase + string.digits
PAGE = 100  # predictions
STATUSES = {"queued": "starting", "in_progress": "processing", "completed": "succeeded", "failed": "failed"}
MODERATED = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)"
BROKE = "Prediction interrupted; please retry (code: PA)"
NO_KEY = "You did not pass a valid authentication token"


class ReplicateHost(SimulatedService):
    """A simulated Replicate, to mount at `/video/replicate`; its addresses begin with `/video/replicate/v1`.

    `webhook_secret`: if set, it calls the `webhook` of orders. `page`: predictions on a page of the list. For the rest
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
        webhook_secret: str | None = None,
        page: int = PAGE,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.hooks = PredictionHooks(webhook_secret, clock) if webhook_secret else None
        self._page = page
        self._given: dict[str, Mapping[str, Any]] = {}
        self._stopped: dict[str, float] = {}  # times, by id
        self._files: dict[str, bytes] = {}

    def routes(self) -> list[web.RouteDef]:
        model = "/v1/models/{owner}/{name}"
        return [
            web.post(f"{model}/predictions", self._create, name=Operation.CREATE),
            web.get(model, self._model, name=Operation.MODELS),
            web.get("/v1/collections/{slug}", self._collection, name=Operation.COLLECTION),
            web.get("/v1/predictions", self._list, name=Operation.LIST),
            web.get("/v1/predictions/{id}", self._look, name=Operation.LOOK),
            web.post("/v1/predictions/{id}/cancel", self._cancel, name=Operation.CANCEL),
            web.post("/v1/files", self._upload, name=Operation.FILE),
            web.get("/v1/account", self._account, name=Operation.KEY),
            web.get("/delivery/{id}/output.mp4", self._content, name=Operation.CONTENT),
        ]

    def is_known(self, request: web.Request) -> bool:
        """Anybody who knows the address of a file may download it."""
        return operation_of(request) is Operation.CONTENT or super().is_known(request)

    def refusal(self, refusal: Refusal) -> web.Response:
        if isinstance(refusal, Problem):
            return refusal.answer()
        detail = NO_KEY if refusal.status == 401 else str(refusal)
        return Problem(refusal.status, detail).answer()

    async def _create(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
        except ValueError:
            raise Problem(400, "Invalid JSON") from None
        asked = Asked.of(_slug(request), body, self._files.get)
        now, name = self._clock(), "".join(secrets.choice(LETTERS) for _ in range(26))
        video = self._books.take(Operation.CREATE, asked.ordered, now, self.render_seconds, name)
        self._given[name] = asked.given
        base = _base(request)
        if asked.callback is not None and self.hooks is not None:
            shown = partial(self._shown, base, video)
            self.hooks.plan(Due(url=asked.callback, at=video.ends_at, model=asked.ordered.model, shown=shown))
        return drop(request) if video.behaviour.lost else web.json_response(self._shown(base, video), status=201)

    async def _model(self, request: web.Request) -> web.Response:
        if (slug := _slug(request)) not in MODELS:
            raise Problem(404, "The requested resource could not be found.")
        return web.json_response(description_of(slug))

    async def _collection(self, request: web.Request) -> web.Response:
        """Named models with their full descriptions."""
        slug = request.match_info["slug"]
        if slug not in COLLECTIONS:
            raise Problem(404, "The requested resource could not be found.")
        models = [description_of(name) for name in COLLECTIONS[slug]]
        return web.json_response({"name": slug, "slug": slug, "description": "", "models": models})

    async def _list(self, request: web.Request) -> web.Response:
        """Newest first."""
        after, base = request.query.get("cursor"), _base(request)
        page = self._books.page(limit=self._page, newest_first=True, after=after)
        onward = f"{base}/v1/predictions?cursor={page.videos[-1].id}" if page.has_more else None
        rows = [self._shown(base, video) for video in page.videos]
        return web.json_response({"previous": None, "next": onward, "results": rows})

    async def _look(self, request: web.Request) -> web.Response:
        video = self._prediction(request.match_info["id"])
        if video.status(self._clock()) == "in_progress":
            self._paint_ahead(video)
        return web.json_response(self._shown(_base(request), video))

    async def _cancel(self, request: web.Request) -> web.Response:
        """A prediction that has ended does not change."""
        video, now = self._prediction(request.match_info["id"]), self._clock()
        if now < video.ends_at:
            self._stopped.setdefault(video.id, now)
        return web.json_response(self._shown(_base(request), video))

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        content = form.get("content")
        if not isinstance(content, web.FileField):
            raise Problem(422, "- content is required\n")
        name = "".join(secrets.choice(LETTERS) for _ in range(40))
        place = f"{_base(request)}/v1/files/{name}"
        self._files[place] = content.file.read()
        shown = {"id": name, "name": content.filename, "content_type": content.content_type, "urls": {"get": place}}
        return web.json_response(shown, status=201)

    async def _account(self, _request: web.Request) -> web.Response:
        return web.json_response({"type": "user", "username": "simulated", "name": "Simulated"})

    async def _content(self, request: web.Request) -> web.Response:
        video = self._prediction(request.match_info["id"])
        if self._status(video) != "succeeded" or self._is_removed(video):
            raise Problem(404, "Not found")
        film = await self._lab.film(video)
        return web.Response(body=film.video, content_type="video/mp4")

    def _prediction(self, name: str) -> SimulatedVideo:
        """Raises Refusal."""
        try:
            return self._books.get(name)
        except Refusal:
            raise Problem(404, "The requested resource could not be found.") from None

    def _status(self, video: SimulatedVideo) -> str:
        return "canceled" if video.id in self._stopped else STATUSES[video.status(self._clock())]

    def _is_removed(self, video: SimulatedVideo) -> bool:
        return self._clock() >= video.expires_at

    def _shown(self, base: str, video: SimulatedVideo) -> Mapping[str, Any]:
        """A prediction as the service shows it, also in the list."""
        status, removed, now = self._status(video), self._is_removed(video), self._clock()
        ended = self._stopped.get(video.id, video.ends_at)
        place = f"{base}/v1/predictions/{video.id}"
        shown: dict[str, Any] = {
            "id": video.id,
            "model": video.ordered.model,
            "version": "hidden",
            "status": status,
            "input": {} if removed else self._given[video.id],
            "output": None,
            "error": None,
            "logs": "",
            "metrics": {},
            "source": "api",
            "data_removed": removed,
            "created_at": _written(video.created_at),
            "started_at": None if status == "starting" else _written(video.created_at),
            "completed_at": _written(ended) if now >= ended else None,
            "urls": {"get": place, "cancel": f"{place}/cancel"},
        }
        if status == "failed":
            shown["error"] = MODERATED if video.behaviour.moderated else BROKE
        if status == "succeeded":
            shown["metrics"] = {
                "predict_time": self.render_seconds,
                "video_output_duration_seconds": video.ordered.seconds,
            }
            shown["output"] = None if removed else f"{base}/delivery/{video.id}/output.mp4"
        return shown


def _slug(request: web.Request) -> str:
    return f"{request.match_info['owner']}/{request.match_info['name']}"


def _base(request: web.Request) -> str:
    """The client's address for this service, without the version of the API."""
    return str(request.url.origin().with_path(request.path.partition("/v1/")[0]))


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
