"""The simulated service with Google's Interactions API: Gemini Omni on this machine."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate

from aiohttp import web

from bot.sandbox.video.faults import drop
from bot.sandbox.video.gemini.orders import MODELS, Asked, refuse
from bot.sandbox.video.gemini.turns import Turn
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation

REVISION = "2026-05-20"
LONGEST = 40  # seconds of an extended film
PAUSE = 0.05  # seconds between two checks of the clock while an answer waits for its film
BAD_KEY = {
    "code": 400,
    "message": "API key not valid. Please pass a valid API key.",
    "status": "INVALID_ARGUMENT",
    "details": [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        }
    ],
}


class GeminiHost(SimulatedService):
    """A simulated Gemini, to mount at `/video/gemini`: a client's base address then ends in `/video/gemini/v1beta`.

    `inline`: a finished film comes as base64 in the answer, which Google's documents allow, instead of as an address.
    For the rest see `SimulatedService`.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        inline: bool = False,
        frame_rate: int = 24,
        sound: bool = True,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.inline = inline
        self._turns: dict[str, Turn] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1beta/interactions", self._create, name=Operation.CREATE),
            web.get("/v1beta/interactions/{id}", self._look, name=Operation.LOOK),
            web.post("/v1beta/interactions/{id}/cancel", self._cancel, name=Operation.CANCEL),
            web.delete("/v1beta/interactions/{id}", self._delete, name=Operation.DELETE),
            web.get("/v1beta/files/{file:[a-z0-9]+}:download", self._content, name=Operation.CONTENT),
            web.get("/v1beta/models", self._models, name=Operation.MODELS),
        ]

    def is_known(self, request: web.Request) -> bool:
        return request.headers.get("x-goog-api-key") == self._key

    def refusal(self, refusal: Refusal) -> web.Response:
        """In Google's two formats, and with 400 for an unknown id."""
        code, message = refusal.error["code"], refusal.error["message"]
        if code == "invalid_api_key":
            return web.json_response({"error": BAD_KEY}, status=400)
        if code == "PERMISSION_DENIED":
            return web.json_response({"error": {"code": 403, "message": message, "status": code}}, status=403)
        error = {"message": message, "code": code or "invalid_request"}
        return web.json_response({"error": error}, status=refusal.status)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Api-Revision", REVISION) < REVISION:
            refuse("The legacy Interactions API schema is no longer supported.")
        asked = Asked.of(await orders.read(request))
        ordered, filmed, watched = self._ordered(asked)
        operation = Operation.REMIX if asked.previous else Operation.CREATE
        video_id = f"v1_{secrets.token_urlsafe(48)}"
        video = self._books.take(operation, ordered, self._clock(), self.render_seconds, video_id)
        turn = self._turns[video_id] = Turn(asked=asked, video=video, filmed=filmed, watched=watched)
        if video.behaviour.lost:
            return drop(request)
        if asked.background:
            return web.json_response(turn.begun())
        await self._until(video.ends_at)
        return await self._shown(request, turn)

    async def _until(self, moment: float) -> None:
        while self._clock() < moment and not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), PAUSE)

    def _ordered(self, asked: Asked) -> tuple[Ordered, int, int]:
        """The order, with the seconds of video that it makes and that it reads. Raises Refusal."""
        if asked.previous is None:
            ordered = Ordered(
                model=asked.model,
                seconds=asked.seconds,
                size=asked.size,
                lineage=(asked.prompt,),
                picture=asked.picture,
                end=asked.end,
                references=asked.references,
            )
            return ordered, asked.seconds, 0
        source = self._turn(asked.previous)
        if not source.has_film(self._clock()):
            refuse(f"The interaction '{asked.previous}' has no video to go on from.")
        ordered = replace(
            source.video.ordered,
            lineage=(*source.video.ordered.lineage, asked.prompt),
            remixed_from=asked.previous,
        )
        if not asked.extends:
            return ordered, ordered.seconds, ordered.seconds
        whole = ordered.seconds + asked.seconds
        if whole > LONGEST:
            refuse(f"The extended video would be longer than {LONGEST} seconds.")
        return replace(ordered, seconds=whole), asked.seconds, ordered.seconds

    async def _look(self, request: web.Request) -> web.Response:
        return await self._shown(request, self._turn(request.match_info["id"]))

    async def _shown(self, request: web.Request, turn: Turn) -> web.Response:
        now, film = self._clock(), None
        if turn.status(now) == "in_progress":
            self._paint_ahead(turn.video)
        if turn.has_film(now):
            film = {"uri": self._place(request, turn), "mime_type": "video/mp4", "type": "video"}
            if self.inline:
                data = base64.b64encode((await self._lab.film(turn.video)).video).decode()
                film = {"data": data, "mime_type": "video/mp4", "type": "video"}
        return web.json_response(turn.as_json(now, film), headers={"Date": formatdate(now, usegmt=True)})

    def _place(self, request: web.Request, turn: Turn) -> str:
        base, _, _ = request.path.partition("/v1beta/")
        return f"{request.url.origin()}{base}/v1beta/files/{turn.file}:download?alt=media"

    async def _content(self, request: web.Request) -> web.Response:
        file, now = request.match_info["file"], self._clock()
        turn = next((turn for turn in self._turns.values() if turn.file == file), None)
        if turn is None or not turn.has_film(now) or now >= turn.keeps_until:
            refuse(
                f"You do not have permission to access the File {file} or it may not exist.",
                status=403,
                code="PERMISSION_DENIED",
            )
        if request.query.get("alt") != "media":
            return web.json_response({"name": f"files/{file}", "mimeType": "video/mp4", "state": "ACTIVE"})
        return web.Response(body=(await self._lab.film(turn.video)).video, content_type="video/mp4")

    async def _cancel(self, request: web.Request) -> web.Response:
        turn = self._turn(request.match_info["id"])
        if turn.status(self._clock()) != "in_progress":
            refuse("The interaction is not in progress and cannot be cancelled.")
        turn = self._turns[turn.video.id] = replace(turn, cancelled_at=self._clock())
        self._lab.forget(turn.video)
        return await self._shown(request, turn)

    async def _delete(self, request: web.Request) -> web.Response:
        turn = self._turn(request.match_info["id"])
        self._books.remove(turn.video.id)
        self._lab.forget(turn.video)
        del self._turns[turn.video.id]
        return web.json_response({})

    async def _models(self, request: web.Request) -> web.Response:
        start = int(request.query.get("pageToken", "0"))
        end = start + int(request.query.get("pageSize", "50"))
        shown = {"models": [{"name": f"models/{name}", "displayName": name} for name in MODELS[start:end]]}
        return web.json_response(shown | ({"nextPageToken": str(end)} if end < len(MODELS) else {}))

    def _turn(self, interaction_id: str) -> Turn:
        """Raises Refusal."""
        if interaction_id not in self._turns:
            refuse("Invalid interaction name")
        return self._turns[interaction_id]
