"""Parses and checks an order to the simulated Gemini, as strictly as Google, with its error texts where known."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal, Sent

MODELS = ("gemini-omni-1.1-flash", "gemini-3.5-flash")  # the second makes no videos
RATIOS = ("16:9", "9:16")
RESOLUTIONS: Mapping[str, int] = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}  # shorter sides
TASKS = ("text_to_video", "image_to_video", "reference_to_video", "edit", "extend")
FIELDS = frozenset(
    {"model", "input", "background", "store", "stream", "response_format", "previous_interaction_id"}
    | {"generation_config"}
)
SECONDS = range(3, 11)
DECLARATION = re.compile(r"\[# References ((?:<IMAGE_REF_\d>@Image\d ?)+)\]\s*")
ONLY_REFERENCES = (
    "Use the given images as references for video generation. The images should not be used as literal initial frames."
)
MOST_PICTURES = 6
MARK = re.compile(r"<(FIRST_FRAME|LAST_FRAME|IMAGE_REF_\d)>\s*")  # says what a picture is for; not painted


@value_object
class Roles:
    """The purpose of each picture, according to the prompt."""

    first: bytes | None = None
    last: bytes | None = None
    references: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, prompt: str, pictures: Sequence[bytes]) -> Roles:
        """Raises Refusal."""
        if len(pictures) > MOST_PICTURES:
            refuse(f"At most {MOST_PICTURES} images are supported.")
        if (declared := DECLARATION.match(prompt)) is not None:
            named = [int(number) for number in re.findall(r"@Image(\d)", declared[1])]
            if named != list(range(1, len(pictures) + 1)):
                refuse("The prompt declares images that are not in 'input'.")
            return cls(references=tuple(pictures))
        if "<LAST_FRAME>" in prompt:
            if "<FIRST_FRAME>" not in prompt or len(pictures) != 2:
                refuse("<LAST_FRAME> has to be used together with <FIRST_FRAME>, each with an image.")
            return cls(first=pictures[0], last=pictures[1])
        return cls(first=pictures[0] if pictures else None)


@value_object
class Asked:
    """A checked request for a video. `parts` and `film` are what was sent, which is returned later."""

    model: str
    prompt: str
    picture: bytes | None
    end: bytes | None
    references: tuple[bytes, ...]
    size: tuple[int, int]
    seconds: int
    previous: str | None
    extends: bool
    background: bool
    parts: Sequence[Mapping[str, Any]]
    film: Mapping[str, str]

    @classmethod
    def of(cls, sent: Sent) -> Asked:
        """Raises Refusal."""
        for name in sent.fields:
            if name not in FIELDS:
                refuse(f"Unknown parameter '{name}'.")
        model = sent.fields.get("model")
        if model != MODELS[0]:
            refuse(f"Model '{model}' is not found, or does not make videos.", status=404, code="not_found")
        parts = _parts(sent.fields.get("input"))
        film = _film(sent.fields.get("response_format"))
        prompt = " ".join(part["text"] for part in parts if part["type"] == "text")
        if Behaviour.of(prompt).refused:
            refuse("The prompt was blocked for safety reasons. Please change it and try again.")
        roles = Roles.of(prompt, [base64.b64decode(part["data"]) for part in parts if part["type"] == "image"])
        previous = sent.fields.get("previous_interaction_id")
        return cls(
            model=str(model),
            prompt=MARK.sub("", DECLARATION.sub("", prompt)).replace(ONLY_REFERENCES, "").strip(),
            picture=roles.first,
            end=roles.last,
            references=roles.references,
            size=_size(film["aspect_ratio"], film["resolution"]),
            seconds=int(float(film["duration"].removesuffix("s"))),
            previous=str(previous) if previous is not None else None,
            extends=_task(sent.fields.get("generation_config")) == "extend",
            background=sent.fields.get("background") is True,
            parts=parts,
            film=film,
        )


def refuse(message: str, *, status: int = 400, code: str = "invalid_request") -> NoReturn:
    raise Refusal(status, message, code=code)


def _film(given: object) -> dict[str, str]:
    """The whole `response_format`, with Google's defaults for missing values."""
    film = dict(given) if isinstance(given, dict) else {}
    if film.setdefault("type", "video") != "video":
        _refuse_value(film["type"], "response_format.type", ("video",))
    for name, choices, usual in (
        ("delivery", ("uri", "inline"), "inline"),
        ("aspect_ratio", RATIOS, RATIOS[0]),
        ("resolution", tuple(RESOLUTIONS), "720p"),
    ):
        if film.setdefault(name, usual) not in choices:
            _refuse_value(film[name], f"response_format.{name}", choices)
    duration = film.setdefault("duration", "8s")
    if not isinstance(duration, str) or not re.fullmatch(r"\d{1,3}(\.\d{1,9})?s", duration):
        refuse(f"Invalid value for 'response_format.duration': expected a duration such as '8s', got {duration!r}.")
    if float(duration.removesuffix("s")) not in SECONDS:
        _refuse_value(duration, "response_format.duration", tuple(f"{seconds}s" for seconds in SECONDS))
    return film


def _refuse_value(value: object, name: str, choices: Sequence[str]) -> NoReturn:
    listed = ", ".join(repr(choice) for choice in choices)
    refuse(f"The value '{value}' is not supported for '{name}'. Supported values: {listed}.")


def _size(ratio: str, resolution: str) -> tuple[int, int]:
    short = RESOLUTIONS[resolution]
    long = short * 16 // 9
    return (long, short) if ratio == "16:9" else (short, long)


def _parts(given: object) -> list[dict[str, Any]]:
    parts: list[Any] = [{"type": "text", "text": given}] if isinstance(given, str) else []
    if isinstance(given, list):
        parts = given
    for part in parts:
        match part:
            case {"type": "text", "text": str(text)} if text.strip():
                pass
            case {"type": "image", "data": str(data), "mime_type": str(kind)} if kind.startswith("image/"):
                _check_picture(data)
            case _:
                refuse("Invalid value in 'input'.")
    if not any(part["type"] == "text" for part in parts):
        refuse("The 'input' has no text.")
    return parts


def _check_picture(data: str) -> None:
    try:
        orders.reference_size(base64.b64decode(data, validate=True))
    except (binascii.Error, Refusal):
        refuse("Unable to process input image. Please retry with a different one.")


def _task(given: object) -> str | None:
    match given:
        case {"video_config": {"task": task}}:
            if task not in TASKS:
                _refuse_value(task, "generation_config.video_config.task", TASKS)
            return str(task)
        case _:
            return None
