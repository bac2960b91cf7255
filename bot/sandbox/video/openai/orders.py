"""Parses and checks what a client sends, as strictly and with the same messages as the simulated service."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import NoReturn

import av
import av.error
from aiohttp import web
from PIL import Image, UnidentifiedImageError

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.openai.videos import Ordered

LONGEST_PROMPT = 32_000  # characters
LENGTHS = ("4", "8", "12")
LONGEST_WHOLE = 120  # seconds of an extended video
SIZES: Mapping[str, tuple[str, ...]] = {
    "sora-2": ("720x1280", "1280x720"),
    "sora-2-pro": ("720x1280", "1280x720", "1024x1792", "1792x1024"),
}


class Refusal(Exception):
    """An error in the service's own format."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}

    def answer(self) -> web.Response:
        return web.json_response({"error": self.error}, status=self.status)


@value_object(kw_only=False)
class Sent:
    """The fields and files of a request, in whichever format they were sent."""

    fields: Mapping[str, object]
    files: Mapping[str, bytes]

    def text(self, name: str, default: str | None = None) -> str:
        value = self.fields.get(name, default)
        if value is None:
            raise Refusal(400, f"Missing required parameter: '{name}'.", code="missing_required_parameter", param=name)
        if not isinstance(value, str):
            raise Refusal(400, f"Invalid type for '{name}': expected a string.", code="invalid_type", param=name)
        return value

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default)
        if value not in choices:
            listed = ", ".join(repr(choice) for choice in choices)
            raise Refusal(
                400, f"Invalid value: '{value}'. Supported values are: {listed}.", code="invalid_value", param=name
            )
        return value

    def prompt(self) -> str:
        prompt = self.text("prompt")
        if not 1 <= len(prompt) <= LONGEST_PROMPT:
            raise Refusal(400, "Invalid length of 'prompt'.", code="invalid_length", param="prompt")
        if Behaviour.of(prompt).refused:
            raise Refusal(
                400, "Your request was blocked by our moderation system.", code="moderation_blocked", param="prompt"
            )
        return prompt

    def source_id(self) -> str | None:
        """The id in `video: {"id": …}`, or None if a file was sent instead."""
        reference = self.fields.get("video")
        if isinstance(reference, dict) and isinstance(reference.get("id"), str):
            return str(reference["id"])
        if "video" in self.files:
            return None
        raise Refusal(400, "Invalid type for 'video': expected an object.", code="invalid_type", param="video")


async def read(request: web.Request) -> Sent:
    """Fields and files of a JSON or multipart body. Raises Refusal."""
    if request.content_type == "multipart/form-data":
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        files = {name: value.file.read() for name, value in form.items() if isinstance(value, web.FileField)}
        return Sent(fields, files)
    try:
        body = await request.json()
    except ValueError:
        raise Refusal(400, "We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Expected an object as the body of your request.")
    return Sent(body, {})


async def take_in(request: web.Request) -> None:
    """Receive the whole body now, so that `read` works even if the client has disconnected."""
    await (request.post() if request.content_type == "multipart/form-data" else request.read())


FIELDS = frozenset({"prompt", "model", "seconds", "size", "input_reference"})


def new_video(sent: Sent) -> Ordered:
    """The order in a create request. Raises Refusal."""
    for name in sent.fields:
        if name not in FIELDS:
            raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter", param=name)
    prompt = sent.prompt()
    model = sent.one_of("model", tuple(SIZES), "sora-2")
    seconds = sent.one_of("seconds", LENGTHS, LENGTHS[0])
    width, height = sent.one_of("size", SIZES[model], SIZES[model][0]).split("x")
    size = int(width), int(height)
    if "input_reference" in sent.fields:
        refuse_reference("expected a file, but got a string instead")
    picture = sent.files.get("input_reference")
    if picture is not None and reference_size(picture) != size:
        raise Refusal(400, "Inpaint image must match the requested width and height")
    return Ordered(model=model, seconds=int(seconds), size=size, lineage=(prompt,), picture=picture)


def picture_in_text(sent: Sent) -> bytes | None:
    """The picture in `input_reference`, if that is text. Raises Refusal for anything but a data URI."""
    text = sent.fields.get("input_reference")
    if text is None:
        return None
    try:
        picture = base64.b64decode(str(text).removeprefix("data:image/png;base64,"), validate=True)
    except ValueError:
        refuse_reference("expected an address or a data URI")
    reference_size(picture)
    return picture


def is_film(data: bytes) -> bool:
    return data[4:8] == b"ftyp"


def reference_size(data: bytes) -> tuple[int, int]:
    """Width and height of an image or a video. Raises Refusal for anything else."""
    try:
        if is_film(data):
            with av.open(io.BytesIO(data), "r") as film:
                stream = film.streams.video[0]
                return stream.width, stream.height
        with Image.open(io.BytesIO(data)) as image:
            return image.size
    except (UnidentifiedImageError, OSError, av.error.FFmpegError, IndexError):
        refuse_reference("unsupported file, expected an image/jpeg, image/png, image/webp or video/mp4")


def refuse_reference(problem: str) -> NoReturn:
    raise Refusal(400, f"Invalid type for 'input_reference': {problem}.", code="invalid_type", param="input_reference")


def edit_of_upload(sent: Sent) -> Ordered:
    """The order in an edit request that contains its own video. Raises Refusal."""
    prompt, film = sent.prompt(), sent.files["video"]
    return Ordered(model="sora-2", seconds=4, size=reference_size(film), lineage=(prompt,), picture=film)
