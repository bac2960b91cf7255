"""Simulated gateways: between a client and somebody else's video service."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.manner import KNOWN, USUAL_OPTIONS, Handout, Json, Loose
from bot.sandbox.video.openai.orders import Refusal, Sent
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.trouble import Operation

DEPLOYMENT = "9f0c2d7a5be14a0f8c6b"
NOT_SUPPORTED = frozenset({Operation.EDIT, Operation.EXTEND})


class LiteLLM(Loose):
    """A LiteLLM proxy in front of an OpenAI-dialect server, as 1.106.2 (ids, remix) and 1.108.7 were seen running."""

    name = "litellm"
    models: Sequence[str] = ("sora-2", "sora-2-pro")
    owner = "openai"
    operations = KNOWN - NOT_SUPPORTED - {Operation.DELETE}
    handouts: Sequence[Handout] = (Handout.CONTENT,)
    has_stills = False
    lost = "litellm.InternalServerError: OpenAIException - Connection error."

    def new_id(self) -> str:
        return encoded(DEPLOYMENT, f"video_{secrets.token_hex(24)}")

    def known_as(self, asked: str, query: Mapping[str, str]) -> str:
        """Raises Refusal for an id without its model, unless the query names one."""
        provider, model, inner = decoded(asked)
        if provider != "openai" or not (model or query.get("model") in self.models):
            raise Refusal(500, "litellm.APIConnectionError: 3 validation errors for VideoObject", code="500")
        return encoded(DEPLOYMENT, inner)

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        """With a different id than in the creation's answer: without the model. A remix never has it."""
        shown = video.as_json(now)
        is_waiting = shown["status"] in ("queued", "in_progress")
        status = "processing" if shown["status"] == "in_progress" else shown["status"]
        changed = {"status": status, "progress": None if is_waiting else shown["progress"]}
        if now > video.created_at or video.ordered.remixed_from:
            changed["id"] = encoded("", decoded(video.id)[2])
        return shown | changed

    def check_list(self, query: Mapping[str, str]) -> None:
        if "custom_llm_provider" not in query:
            raise Refusal(400, "litellm.BadRequestError: LLM Provider NOT provided.", code="400")

    def unknown_model(self, model: str) -> Refusal:
        words = f"/videos: Invalid model name passed in model={model}. Call `/v1/models` to view available models."
        return Refusal(400, f"{{'error': '{words}'}}", code="400")

    def refused(self, refusal: Refusal) -> web.Response:
        """The upstream's code is only part of the message."""
        status, code = refusal.status, refusal.error["code"]
        upstream = f"litellm.BadRequestError: OpenAIException - {{'error': {{'code': {code!r}}}}}"
        message = upstream if code == "moderation_blocked" else refusal.error["message"]
        error = {"message": message, "type": None, "param": None, "code": str(status)}
        return web.json_response({"error": error}, status=status, headers={"x-litellm-version": "1.106.2"})

    def times_sent(self, request: web.Request) -> int:
        """It repeats an order whose answer was lost, unless it is told not to."""
        return 1 + int(request.headers.get("x-litellm-num-retries", "2"))


def encoded(model: str, video_id: str) -> str:
    text = f"litellm:custom_llm_provider:openai;model_id:{model};video_id:{video_id}"
    return f"video_{base64.b64encode(text.encode()).decode()}"


def decoded(asked: str) -> tuple[str, str, str]:
    """Provider, model and inner id. Empty for any id that is not its own."""
    try:
        text = base64.b64decode(asked.removeprefix("video_")).decode()
        fields = dict(part.rsplit(":", 1) for part in text.removeprefix("litellm:").split(";"))
    except ValueError:
        fields = {}
    return fields.get("custom_llm_provider", ""), fields.get("model_id", ""), fields.get("video_id", "")


class Bifrost(Loose):
    """Bifrost 2.4 (its handlers and schemas): JSON, models as `provider/model`, ids as `id:provider`."""

    name = "bifrost"
    models: Sequence[str] = ("openai/sora-2", "openai/sora-2-pro")
    operations = KNOWN - NOT_SUPPORTED
    handouts: Sequence[Handout] = (Handout.CONTENT, Handout.VIDEOS, Handout.BASE64)
    options: Mapping[str, str] = USUAL_OPTIONS | {"sound": "audio"}

    async def read(self, request: web.Request) -> Sent:
        if request.content_type != "application/json":
            raise Refusal(400, "Invalid request format: invalid character '-' in numeric literal")
        return await orders.read(request)

    def model_of(self, sent: Sent) -> str:
        if "/" not in str(sent.fields.get("model", "")):
            raise Refusal(400, "model should be in provider/model format")
        return super().model_of(sent)

    def unknown_model(self, model: str) -> Refusal:
        return Refusal(400, f"model {model} is not supported by any configured key", code="model_not_found")

    def picture_of(self, sent: Sent) -> bytes | None:
        return orders.picture_in_text(sent)

    def new_id(self) -> str:
        return f"video_{secrets.token_hex(24)}:openai"

    def known_as(self, asked: str, _query: Mapping[str, str]) -> str:
        if ":" not in asked:
            raise Refusal(400, "video_id must be in id:provider format")
        return asked

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        shown = video.as_json(now) | {"size": "", "extra_fields": {"provider": "openai", "latency": 12}}
        if shown["status"] == "in_progress":
            shown["progress"] = video.progress(now) + 0.5
        else:
            del shown["progress"], shown["seconds"]
        if video.behaviour.moderated and shown["status"] == "failed":
            withheld = {"filtered_count": 1, "reasons": ["Unsafe content"]}
            return shown | {"status": "completed", "error": None, "content_filter": withheld}
        return shown

    def check_list(self, query: Mapping[str, str]) -> None:
        if "provider" not in query:
            raise Refusal(400, "provider query parameter is required")

    def model_list(self) -> Json:
        models = [{"id": name, "name": name.rpartition("/")[2]} for name in self.models]
        return {"data": models, "extra_fields": {"provider": "", "latency": 3}}

    def refused(self, refusal: Refusal) -> web.Response:
        error = {"message": refusal.error["message"], "type": None, "code": refusal.error["code"]}
        body = {"is_bifrost_error": False, "status_code": refusal.status, "error": error, "extra_fields": {}}
        return web.json_response(body, status=refusal.status)


class NewAPI(Loose):
    """New-API (its routers, controllers and `dto/openai_video.go`), and the resellers that run it."""

    name = "new-api"
    models: Sequence[str] = ("sora-2", "sora-2-pro")
    headers: Mapping[str, str] = {"x-new-api-version": "v1.0.0", "x-oneapi-request-id": "20261123120000000000000"}
    owner = "custom"
    not_ready = (400, "Task is not completed yet, current status: IN_PROGRESS")
    operations = KNOWN - NOT_SUPPORTED - {Operation.LIST, Operation.DELETE}
    handouts: Sequence[Handout] = (Handout.CONTENT, Handout.METADATA)
    has_stills = False

    def new_id(self) -> str:
        return f"task_{secrets.token_urlsafe(24)}"

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        """Times in milliseconds, and an older name for the id as well."""
        shown = video.as_json(now)
        known = {name: value for name, value in shown.items() if value is not None and name != "prompt"}
        return known | {"task_id": video.id, "created_at": int(video.created_at * 1000)}

    def unknown_model(self, model: str) -> Refusal:
        words = f"No available channel for model {model} under group default (distributor)"
        return Refusal(503, words, code="model_not_found")

    def refused(self, refusal: Refusal) -> web.Response:
        """Its own errors are `{code, message, data}`; those of the distributor and of the file's route are OpenAI's."""
        code, message = refusal.error["code"], refusal.error["message"]
        if code == "model_not_found" or code is None:
            error = {"message": message, "type": "new_api_error", "code": code}
            return web.json_response({"error": error}, status=refusal.status)
        if code == "not_found":
            return web.json_response({"code": "task_not_exist", "message": "task_not_exist", "data": None}, status=400)
        body = {"code": "fail_to_fetch_task", "message": f"{code}: {message}", "data": None}
        return web.json_response(body, status=refusal.status)


class SayGM(Loose):
    """SayGM, as far as its vendor documents it: create, retrieve and content with the SDK."""

    name = "saygm"
    models: Sequence[str] = ("minimax/h3", "sora-2")
    owner = "saygm"
    operations = frozenset({Operation.CREATE, Operation.LOOK, Operation.CONTENT, Operation.MODELS, Operation.FILE})
    handouts: Sequence[Handout] = (Handout.CONTENT, Handout.REDIRECT)
    has_stills = False

    def order(self, sent: Sent) -> Ordered:
        ordered = super().order(sent)
        if ordered.picture is not None and orders.is_film(ordered.picture):
            orders.refuse_reference("expected an image")
        return ordered
