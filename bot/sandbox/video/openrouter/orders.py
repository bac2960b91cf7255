"""Parses and checks an order to the simulated OpenRouter, as strictly as the real one, with its recorded messages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openrouter.menu import CONTINUES, NAMED, RATIOS, RESOLUTIONS, WIDER, model_of
from bot.sandbox.video.sizes import pixels

T = TypeVar("T")

USER = "user_simulated"
LOOPBACK = ("127.0.0.1", "localhost")  # the real one calls https addresses only
FRAMES = ("first_frame", "last_frame")
USUAL_RESOLUTION, USUAL_RATIO = "720p", "16:9"

NO_KEY = {"error": {"message": "No cookie auth credentials found", "code": 401}}
CREDITS = {
    "error": {
        "message": "This request requires at least $1.00 in balance for image or video output",
        "code": 402,
        "metadata": {
            "limit_source": "openrouter_key_limit",
            "remedy_hint": "Raise or remove this API key's usage limit, or use a key without a limit.",
            "provider_name": None,
            "previous_errors": [{"code": 402, "message": "This request requires at least $1.00 in balance"}],
        },
    },
    "user_id": USER,
}
RATE_LIMIT = {
    "error": {
        "message": "Provider returned error",
        "code": 429,
        "metadata": {
            "raw": "this model is temporarily rate-limited upstream. Please retry shortly",
            "provider_name": "Simulated",
            "is_byok": False,
            "provider_error_code": "429",
            "limit_source": "upstream_provider_shared_pool",
            "remedy_hint": "Retry shortly.",
        },
    },
    "user_id": USER,
}


class Said(Refusal):
    """A refusal with its own body."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status, json.dumps(body))
        self.body = body

    def answer(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


def plain(message: str, status: int = 400, **beside: object) -> Said:
    return Said(status, {"error": {"message": message, "code": status}, **beside})


def invalid(message: str) -> Said:
    """A parameter that this model does not accept."""
    metadata = {
        "routing_funnel": [{"step": "Initial Endpoints", "endpoint_count": 1}],
        "failed_routing_step": "Validate Video Parameters",
    }
    return Said(400, {"error": {"message": message, "code": 400, "metadata": metadata}})


def malformed(name: str, expected: str, received: str) -> NoReturn:
    """A missing field, or one of the wrong type."""
    fault = {
        "expected": expected,
        "code": "invalid_type",
        "path": name.split("."),
        "message": f"Invalid input: expected {expected}, received {received}",
    }
    raise Said(400, {"success": False, "error": {"name": "ZodError", "message": json.dumps([fault], indent=2)}})


@value_object
class Asked:
    """A checked order. `listed` is the ordered size, `size` the one that is made."""

    model: str
    prompt: str
    seconds: int
    size: tuple[int, int]
    picture: bytes | None
    end: bytes | None
    references: tuple[bytes, ...]
    seed: int | None
    sound: bool | None
    without: str
    previous: str | None
    callback: str | None

    @classmethod
    def of(cls, body: object) -> Asked:
        """Raises Refusal."""
        fields: Mapping[str, Any] = body if isinstance(body, dict) else malformed("", "object", _kind(body))
        prompt, slug = _text(fields, "prompt"), _text(fields, "model")
        seconds = fields.get("duration")
        if seconds is not None and type(seconds) is not int:
            malformed("duration", "int", _kind(seconds))
        callback = _callback(fields.get("callback_url"))
        frames = _frames(fields.get("frame_images"))
        sound, seed = _sound(fields.get("generate_audio")), _seed(fields.get("seed"))
        model = model_of(slug)
        if model is None:
            raise plain(f"{slug} is not a valid model ID", user_id=USER)
        references = _references(fields.get("input_references"))
        if frames and references:
            raise plain("The simulated service takes frame_images or input_references: of both it would see the frames")
        listed = _size(model, fields)
        seconds = _seconds(model, seconds)
        previous = fields.get("previous_job_id")
        if previous is not None and slug not in CONTINUES:
            raise plain(f"{model['canonical_slug']} does not support previous_job_id")
        if Behaviour.of(prompt).refused:
            raise plain("Content policy violation")
        return cls(
            model=slug,
            prompt=prompt,
            seconds=seconds,
            size=WIDER.get((slug, listed), listed),
            picture=_picture(model, frames, "first_frame"),
            end=_picture(model, frames, "last_frame"),
            references=references,
            seed=_allowed(model, "seed", seed),
            sound=_allowed(model, "generate_audio", sound),
            without=_without(model, fields.get("provider")),
            previous=previous if previous is None else str(previous),
            callback=callback,
        )


def _kind(value: object) -> str:
    match value:
        case None:
            return "undefined"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        malformed(name, "string", _kind(value))
    return value


def _callback(url: object) -> str | None:
    if url is None:
        return None
    if not isinstance(url, str):
        malformed("callback_url", "string", _kind(url))
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        malformed("callback_url", "https url", "string")
    return url


def _seconds(model: Mapping[str, Any], seconds: int | None) -> int:
    offered: Sequence[int] = model["supported_durations"] or ()
    if not offered:
        raise plain(f"{model['id']} needs a video to edit", user_id=USER)
    if seconds is not None and seconds not in offered:
        listed = ", ".join(map(str, offered))
        raise invalid(f"Duration {seconds}s is not supported for this model. Supported durations: {listed}s")
    return seconds if seconds is not None else offered[0]


def _size(model: Mapping[str, Any], fields: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height, from `size` or from resolution and ratio."""
    resolution, ratio, size = (fields.get(name) for name in ("resolution", "aspect_ratio", "size"))
    if resolution is not None and resolution not in NAMED:
        malformed("resolution", "|".join(NAMED), _kind(resolution))
    if ratio is not None and ratio not in RATIOS:
        malformed("aspect_ratio", "|".join(RATIOS), _kind(ratio))
    if size is not None:
        if size not in (model["supported_sizes"] or ()):
            listed = ", ".join(model["supported_sizes"] or ())
            raise invalid(f"Size {size} is not supported for this model. Supported sizes: {listed}")
        width, height = map(int, str(size).split("x"))
        return width, height
    resolution, ratio = resolution or USUAL_RESOLUTION, ratio or USUAL_RATIO
    for value, kind, name in ((resolution, "Resolution", "resolutions"), (ratio, "Aspect ratio", "aspect_ratios")):
        offered = model[f"supported_{name}"] or ()
        if value not in offered:
            listed, plural = ", ".join(offered), name.replace("_", " ")
            raise invalid(f"{kind} {value} is not supported for this model. Supported {plural}: {listed}")
    return pixels(RESOLUTIONS[resolution], ratio)


def _frames(frames: object) -> list[tuple[str, str]]:
    """Kind and address of each frame."""
    if frames is None:
        return []
    found = []
    for number, frame in enumerate(frames if isinstance(frames, list) else malformed("frame_images", "array", "?")):
        match frame:
            case {"type": "image_url", "image_url": {"url": str(url)}, "frame_type": str(kind)} if kind in FRAMES:
                found.append((kind, url))
            case _:
                malformed(f"frame_images.{number}", "object", _kind(frame))
    return found


def _references(references: object) -> tuple[bytes, ...]:
    """The reference pictures."""
    pictures = []
    for number, reference in enumerate(references if isinstance(references, list) else []):
        for kind in ("video_url", "image_url"):
            inner = reference.get(kind) if isinstance(reference, dict) else None
            url = inner.get("url") if isinstance(inner, dict) else None
            if isinstance(url, str) and kind == "video_url" and not url.startswith("https://"):
                place = f"input_references[{number}].{kind}.url"
                raise plain(f"Invalid reference URL: {place}: Only HTTPS URLs are allowed")
            if isinstance(url, str) and kind == "image_url":
                pictures.append(_image_in(url))
    return tuple(pictures)


def _seed(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    malformed("seed", "int", _kind(value))


def _sound(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    malformed("generate_audio", "boolean", _kind(value))


def _allowed(model: Mapping[str, Any], name: str, value: T) -> T:
    """The values that the model accepts according to the list."""
    if value is not None and model[name] is not True:
        raise invalid(f"Parameter {name} is not supported for this model.")
    return value


def _without(model: Mapping[str, Any], provider: object) -> str:
    """The negative prompt. One addressed to another provider is silently dropped."""
    match provider:
        case {"options": {"google-vertex": {"parameters": {"negativePrompt": str(text)}}}}:
            is_taken = str(model["id"]).startswith("google/")
            return text if is_taken and "negativePrompt" in model["allowed_passthrough_parameters"] else ""
        case _:
            return ""


def _picture(model: Mapping[str, Any], frames: list[tuple[str, str]], wanted: str) -> bytes | None:
    """The start or end image."""
    found = None
    for kind, url in frames:
        if kind not in (model["supported_frame_images"] or ()):
            raise invalid(f"Frame type {kind} is not supported for this model.")
        picture = _image_in(url)
        found = picture if kind == wanted else found
    return found


def _image_in(url: str) -> bytes:
    head, _, data = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise plain("The simulated service takes images as data URIs only")
    try:
        picture = base64.b64decode(data, validate=True)
        orders.reference_size(picture)
    except (binascii.Error, Refusal):
        raise plain("Invalid image data") from None
    return picture
