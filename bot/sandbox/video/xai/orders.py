"""Parses and checks an order to the simulated xAI, as strictly as its documents say."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.sizes import pixels

CLASSIC, NEWER, LITE = "grok-imagine-video", "grok-imagine-video-1.5", "grok-imagine-video-1.5-lite"
RATES: Mapping[str, Mapping[str, int]] = {  # thousandths of a dollar a second
    CLASSIC: {"480p": 50, "720p": 70},
    NEWER: {"480p": 80, "720p": 140, "1080p": 250},
    LITE: {"480p": 20, "720p": 30, "1080p": 140},
}
PICTURES: Mapping[str, int] = {CLASSIC: 2, NEWER: 10, LITE: 10}  # thousandths of a dollar for each picture that is read
WATCHED = 10  # likewise for each second of video that is read
RESOLUTIONS: Mapping[str, int] = {"480p": 480, "720p": 720, "1080p": 1080}
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
USUAL_SECONDS, USUAL_RATIO, USUAL_RESOLUTION = 8, "16:9", "480p"
SECONDS, ADDED = range(1, 16), range(2, 11)
MOST_REFERENCES = 7
STORED_SECONDS = range(3600, 2_592_001)
BOTH = frozenset({"model", "prompt", "storage_options"})
FIELDS: Mapping[str, frozenset[str]] = {
    "generations": BOTH
    | {"duration", "aspect_ratio", "resolution", "image", "last_frame", "keyframes", "reference_images"},
    "edits": BOTH | {"video"},
    "extensions": BOTH | {"video", "duration"},
}


def refuse(message: str, status: int = 400, code: str = "invalid-argument") -> NoReturn:
    raise Refusal(status, message, code=code)


@value_object
class Storage:
    """The name under which the result is stored in Files, and for how many seconds; None: until it is deleted."""

    name: str
    seconds: int | None

    @classmethod
    def of(cls, options: object) -> Storage | None:
        """Raises Refusal."""
        if options is None:
            return None
        match options:
            case {"filename": str(name), **rest} if name and rest.keys() <= {"expires_after", "public_url"}:
                seconds = rest.get("expires_after")
            case _:
                refuse("storage_options: filename is required")
        if seconds is not None and (type(seconds) is not int or seconds not in STORED_SECONDS):
            refuse("storage_options.expires_after must be between 3600 and 2592000")
        return cls(name=name, seconds=seconds)


@value_object
class Asked:
    """The content of every order. `video` is how an order names the video that it changes."""

    model: str
    prompt: str
    storage: Storage | None
    fields: Mapping[str, Any]

    @classmethod
    def of(cls, kind: str, body: object) -> Asked:
        """Raises Refusal."""
        fields: Mapping[str, Any] = body if isinstance(body, dict) else refuse("expected a JSON object", 422)
        if unknown := sorted(fields.keys() - FIELDS[kind]):
            refuse(f"unknown field `{unknown[0]}`", 422)
        model, prompt = fields.get("model"), fields.get("prompt")
        if model not in RATES:
            refuse(f"The model {model} does not exist or your team does not have access to it.", 404, "not-found")
        if kind != "generations" and model != CLASSIC:
            refuse(f"The model {model} does not support video {kind}.")
        if not isinstance(prompt, str) or not prompt.strip():
            refuse("prompt must not be empty")
        if Behaviour.of(prompt).refused:
            refuse("The prompt was rejected by content moderation.", code="imagine:content-moderated")
        storage = Storage.of(fields.get("storage_options"))
        return cls(model=str(model), prompt=prompt, storage=storage, fields=fields)

    def seconds(self, offered: range, usual: int) -> int:
        seconds = self.fields.get("duration", usual)
        if type(seconds) is not int or seconds not in offered:
            refuse(f"duration must be between {offered[0]} and {offered[-1]}")
        return seconds

    @property
    def resolution(self) -> str:
        resolution = self.fields.get("resolution", USUAL_RESOLUTION)
        if resolution not in RATES[self.model]:
            refuse(f"resolution must be one of {', '.join(RATES[self.model])}")
        return str(resolution)

    @property
    def size(self) -> tuple[int, int]:
        ratio = self.fields.get("aspect_ratio", USUAL_RATIO)
        if ratio not in RATIOS:
            refuse(f"aspect_ratio must be one of {', '.join(RATIOS)}")
        return pixels(RESOLUTIONS[self.resolution], str(ratio))

    @property
    def picture(self) -> bytes | None:
        return _picture(self.fields.get("image"))

    @property
    def end(self) -> bytes | None:
        end = _picture(self.fields.get("last_frame"))
        if end is not None and self.picture is None:
            refuse("last_frame needs image")
        return end

    @property
    def references(self) -> tuple[bytes, ...]:
        given: Sequence[object] = self.fields.get("reference_images") or ()
        if len(given) > MOST_REFERENCES or (given and self.picture is not None):
            refuse(f"at most {MOST_REFERENCES} reference_images, and none beside image")
        return tuple(picture for each in given if (picture := _picture(each)) is not None)

    @property
    def video(self) -> tuple[str, str]:
        """`url` or `file_id`, and its value."""
        match self.fields.get("video"):
            case {"url": str(url), **rest} if not rest:
                return "url", url
            case {"file_id": str(file), **rest} if not rest:
                return "file_id", file
            case _:
                refuse("video must have exactly one of url and file_id")


def _picture(value: object) -> bytes | None:
    if value is None:
        return None
    match value:
        case {"url": str(url)} if url.startswith("data:image/") and ";base64," in url:
            data = url.partition(",")[2]
        case _:
            refuse("The simulated service takes images as data URIs only")
    try:
        picture = base64.b64decode(data, validate=True)
        orders.reference_size(picture)
    except (binascii.Error, Refusal):
        refuse("Invalid image data")
    return picture
