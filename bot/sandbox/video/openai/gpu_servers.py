"""Simulated servers for one's own GPU machine: one model each, and a memory that a restart clears."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.manner import KNOWN, USUAL_OPTIONS, Handout, Json, Loose
from bot.sandbox.video.openai.orders import Refusal, Sent
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.trouble import Operation

OWN = KNOWN - {Operation.REMIX, Operation.EDIT, Operation.EXTEND}
GUARDED = "Input was blocked by Cosmos3 guardrails."


class OneModel(Loose):
    """What vLLM-Omni, SGLang and FastVideo have in common: FastAPI, one model, jobs in memory."""

    models: Sequence[str] = ("sora-2",)
    operations = OWN
    handouts: Sequence[Handout] = (Handout.CONTENT,)
    has_stills = False
    forgets = True

    def unknown_model(self, model: str) -> Refusal:
        return Refusal(400, f"Model mismatch: request specifies '{model}' but server is running '{self.models[0]}'.")

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        """Progress is 0 until the end."""
        shown = video.as_json(now)
        done = shown["status"] == "completed"
        del shown["remixed_from_video_id"], shown["expires_at"]
        return shown | {"progress": 100 if done else 0, "quality": "standard"}

    def refused(self, refusal: Refusal) -> web.Response:
        words = GUARDED if refusal.error["code"] == "moderation_blocked" else refusal.error["message"]
        words = "Video not found" if refusal.error["code"] == "not_found" else words
        return web.json_response({"detail": words}, status=refusal.status)


class VllmOmni(OneModel):
    """vLLM-Omni (docs/serving/videos_api.md, protocol/videos.py): forms only; a file may be a video."""

    name = "vllm-omni"
    owner = "vllm"
    options: Mapping[str, str] = USUAL_OPTIONS | {"sound": "generate_sound"}

    async def read(self, request: web.Request) -> Sent:
        if request.content_type != "multipart/form-data":
            raise NotAForm
        return await orders.read(request)

    def new_id(self) -> str:
        return f"video_gen_{secrets.token_hex(16)}"

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        shown = super().shown(video, now) | {"media_type": "video/mp4", "file_name": None, "size": None}
        if video.behaviour.moderated and shown["error"]:
            return shown | {"error": {"code": 400, "message": GUARDED}}
        return shown

    def refused(self, refusal: Refusal) -> web.Response:
        if isinstance(refusal, NotAForm):
            fault = {"type": "missing", "loc": ["body", "prompt"], "msg": "Field required", "input": None}
            return web.json_response({"detail": [fault]}, status=422)
        return super().refused(refusal)


class NotAForm(Refusal):
    def __init__(self) -> None:
        super().__init__(422, "Field required")


class SGLang(OneModel):
    """SGLang Diffusion (entrypoints/openai/video_api.py): shows no prompts, and a delete does not stop a render.

    Like its first versions, it accepts no form without a file.
    """

    name = "sglang"
    owner = "sglang"
    options: Mapping[str, str] = USUAL_OPTIONS
    usual_seed: int | None = 1024
    says_more = False
    no_stills = "Unsupported variant, only 'video' is supported"
    not_ready = (404, "Generation is still in-progress")
    handouts: Sequence[Handout] = (Handout.CONTENT, Handout.REFUSED_WITH_URL, Handout.URL, Handout.URLS)

    async def read(self, request: web.Request) -> Sent:
        sent = await orders.read(request)
        if request.content_type == "multipart/form-data" and not sent.files:
            raise Refusal(400, "input_reference file is required")
        return sent

    def picture_of(self, sent: Sent) -> bytes | None:
        picture = super().picture_of(sent)
        if picture is not None and orders.is_film(picture):
            raise Refusal(400, "Failed to process image: cannot identify image file")
        return picture

    def new_id(self) -> str:
        return secrets.token_hex(16)

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        shown = super().shown(video, now)
        del shown["prompt"]
        error = video.error(now)
        return shown | {"error": {"message": f"{error['code']}: {error['message']}"} if error else None}

    def deleted(self, video: SimulatedVideo, now: float) -> Json:
        return self.shown(video, now) | {"status": "deleted"}


class FastVideo(SGLang):
    """FastVideo's server, derived from SGLang's: forms without files too, but no cloud storage."""

    name = "fastvideo"
    owner = "fastvideo"
    options: Mapping[str, str] = USUAL_OPTIONS | {"sound": "generate_sound"}
    usual_seed = None
    not_ready = (404, "Video still being generated")
    handouts: Sequence[Handout] = (Handout.CONTENT,)

    async def read(self, request: web.Request) -> Sent:
        return await orders.read(request)

    def unknown_model(self, model: str) -> Refusal:
        provided = ", ".join(self.models)
        return Refusal(400, f"Model mismatch: request specifies '{model}'; this server provides {provided}.")


class Dynamo(Loose):
    """NVIDIA Dynamo (protocols/openai/videos.rs): one request, answered when the video is made, and no jobs."""

    name = "dynamo"
    models: Sequence[str] = ("sora-2",)
    owner = "nvidia"
    operations = frozenset({Operation.CREATE, Operation.MODELS, Operation.HEALTH, Operation.FILE})
    health: Mapping[str, Json] = {
        "/health": {"status": "healthy", "message": "Service is healthy", "endpoints": [], "instances": []}
    }
    handouts: Sequence[Handout] = (Handout.DATA, Handout.FOLDER, Handout.B64_JSON)
    has_stills = False
    blocks = True
    options: Mapping[str, str] = USUAL_OPTIONS
    options_in = "nvext"

    async def read(self, request: web.Request) -> Sent:
        if request.content_type != "application/json":
            raise Refusal(415, "Expected request with `Content-Type: application/json`")
        return await orders.read(request)

    def model_of(self, sent: Sent) -> str:
        if "model" not in sent.fields:
            raise Refusal(400, "Failed to deserialize the JSON body into the target type: missing field `model`")
        return super().model_of(sent)

    def unknown_model(self, model: str) -> Refusal:
        return Refusal(404, f"Model not found: {model}")

    def seconds_of(self, sent: Sent) -> int:
        seconds = sent.fields.get("seconds", 4)
        if not isinstance(seconds, int):
            raise Refusal(400, f"Failed to deserialize the JSON body: invalid type: string {seconds!r}, expected i32")
        return seconds

    def picture_of(self, sent: Sent) -> bytes | None:
        return orders.picture_in_text(sent)

    def new_id(self) -> str:
        return f"req-{secrets.token_hex(8)}"

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        error = video.error(now)
        shown: Json = {"id": video.id, "object": "video", "model": video.ordered.model, "progress": 100}
        shown |= {"status": "failed" if error else "completed", "created": int(video.created_at), "data": []}
        return shown | ({"error": f"{error['code']}: {error['message']}"} if error else {})

    def model_list(self) -> Json:
        models = [{"id": name, "object": "object", "created": 1, "owned_by": self.owner} for name in self.models]
        return {"object": "list", "data": models}

    def refused(self, refusal: Refusal) -> web.Response:
        code = refusal.error["code"]
        words = f"{code}: {refusal.error['message']}" if code else refusal.error["message"]
        return web.json_response({"message": words, "type": "Error", "code": refusal.status}, status=refusal.status)
