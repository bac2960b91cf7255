"""A simulated chat service like OpenAI's `POST /chat/completions`: it writes prompts, and accepts what OpenAI accepts.

It refuses a prompt with "[refused]", says nothing for "[silence]", and fails for "[broken]".
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from bot.sandbox.video.service import SANDBOX_KEY

MOUNT = "/chat"
MODEL = "simulated-writer"
FIELDS = {"model", "messages", "max_completion_tokens", "max_tokens", "temperature", "top_p", "seed", "user", "n"}
ROLES = {"system", "developer", "user", "assistant"}
DETAILS = {"auto", "low", "high"}
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")
TOKENS = {"prompt_tokens": 250, "completion_tokens": 60}
IMPROVED = "{idea}, slow dolly in at golden hour, soft backlight, shallow depth of field, gentle wind and distant birds"
DESCRIBED = (
    "A still scene in warm evening light, wide shot, muted colours, leaves moving in a light breeze, slow push in"
)


@dataclass
class ChatHost:
    """`asked`: the requests it got, oldest first. `down`: the status that it answers with instead."""

    asked: list[Any] = field(default_factory=list)
    down: int | None = None

    def application(self) -> web.Application:
        application = web.Application()
        routes = [web.post("/v1/chat/completions", self._complete), web.get("/v1/models", self._models)]
        application.add_routes(routes)
        return application

    async def _models(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _refused(401, "Incorrect API key provided.")
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "sandbox"}]})

    async def _complete(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _refused(401, "Incorrect API key provided.")
        if self.down is not None:
            return _refused(self.down, "The server is overloaded.")
        asked = await request.json()
        self.asked.append(asked)
        if problem := problem_of(asked):
            return _refused(400, problem)
        words, shown = _last(asked)
        if "[refused]" in words:
            return _refused(400, "Your request was rejected by our safety system.")
        if "[broken]" in words:
            return _refused(500, "The server had an error.")
        text = "" if "[silence]" in words else DESCRIBED if shown else IMPROVED.format(idea=words.strip(" ."))
        return web.json_response(self._answer(asked, text))

    def _answer(self, asked: dict[str, Any], text: str) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        return {
            "id": f"chatcmpl-{len(self.asked)}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": asked["model"],
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {**TOKENS, "total_tokens": sum(TOKENS.values())},
        }


def settings(sandbox: str) -> Mapping[str, str]:
    """The settings that point the bot to it."""
    return {
        "HELPER_BASE_URL": f"{sandbox}{MOUNT}/v1",
        "HELPER_API_KEY": SANDBOX_KEY,
        "HELPER_MODEL": MODEL,
        "HELPER_PRICE_IN_USD": "0.15",
        "HELPER_PRICE_OUT_USD": "0.60",
    }


def problem_of(asked: Any) -> str | None:
    """What OpenAI would refuse about a request, as far as it is used here."""
    if not isinstance(asked, dict) or not isinstance(asked.get("messages"), list) or not asked["messages"]:
        return "you must provide a messages parameter"
    if unknown := sorted(set(asked) - FIELDS):
        return f"Unrecognized request argument supplied: {', '.join(unknown)}"
    if asked.get("model") != MODEL:
        return f"The model `{asked.get('model')}` does not exist or you do not have access to it."
    if "max_tokens" in asked and "max_completion_tokens" in asked:
        return "max_tokens and max_completion_tokens cannot both be set"
    most = asked.get("max_completion_tokens", asked.get("max_tokens", 1))
    if not isinstance(most, int) or isinstance(most, bool) or most < 1:
        return "Invalid 'max_completion_tokens': integer below minimum value."
    return next(filter(None, map(_problem_of_message, asked["messages"])), None)


def _problem_of_message(message: Any) -> str | None:
    if not isinstance(message, dict) or message.get("role") not in ROLES or set(message) - {"role", "content", "name"}:
        return "Invalid value: 'role' or an unknown field of a message."
    content = message.get("content")
    if isinstance(content, str):
        return None
    if not isinstance(content, list) or not content:
        return "Invalid type for 'messages.content'."
    return next(filter(None, map(_problem_of_part, content)), None)


def _problem_of_part(part: Any) -> str | None:
    match part:
        case {"type": "text", "text": str(), **rest} if not rest:
            return None
        case {"type": "image_url", "image_url": {"url": str(url), **more}, **rest} if not rest:
            return _problem_of_picture(url, more)
        case _:
            return "Invalid value: a part of 'content' must be text or image_url."


def _problem_of_picture(url: str, more: Mapping[Any, Any]) -> str | None:
    if set(more) - {"detail"} or more.get("detail", "auto") not in DETAILS:
        return "Invalid value: 'image_url.detail'."
    kind = next((each for each in PICTURES if url.startswith(each)), None)
    if kind is None:
        return "Invalid image data."
    try:
        base64.b64decode(url.removeprefix(kind), validate=True)
    except ValueError:
        return "Invalid base64 image_url."
    return None


def _last(asked: dict[str, Any]) -> tuple[str, bool]:
    """The text of the last message, and whether it contains a picture."""
    content = asked["messages"][-1]["content"]
    if isinstance(content, str):
        return content, False
    words = " ".join(part["text"] for part in content if part["type"] == "text")
    return words, any(part["type"] == "image_url" for part in content)


def _is_known(request: web.Request) -> bool:
    return request.headers.get("Authorization") == f"Bearer {SANDBOX_KEY}"


def _refused(status: int, message: str) -> web.Response:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return web.json_response({"error": error}, status=status)
