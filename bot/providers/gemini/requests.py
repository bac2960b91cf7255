"""The one paid request, as Google's Interactions API takes it.

Source: ai.google.dev/gemini-api/docs/omni, and recordings of 2026-10-08. Uploading a source video (SOURCE) is not
supported: Google does not edit uploads for people in the EEA, Switzerland and the United Kingdom, and the host of a bot
cannot know beforehand. It edits its own videos everywhere.
"""

from __future__ import annotations

import base64
from typing import Any

from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Choice, Term, msg
from bot.domain.models.abilities import Ability
from bot.domain.ports.provider import Order
from bot.domain.video import STILLS, RemixMethod, Size
from bot.providers.common.adapter import REFERENCES, check_options
from bot.providers.common.endings import SOURCE_UNKNOWN

RESOLUTIONS = {360: "360p", 720: "720p", 1080: "1080p", 2160: "4k"}  # by the shorter side
RATIOS = {"16:9": (16, 9), "9:16": (9, 16)}
GEMINI = msg("Gemini")
CAN = frozenset(
    {RemixMethod.NATIVE, RemixMethod.EXTEND, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT}
)
# Google's tags say what a picture is for; without one the model decides. There is no field for that, nor for sound, a
# seed or a negative prompt (ai.google.dev/gemini-api/docs/omni, 2026-09-18).
FIRST_FRAME, LAST_FRAME = "<FIRST_FRAME>", "<LAST_FRAME>"
ONLY_REFERENCES = (
    "Use the given images as references for video generation. The images should not be used as literal initial frames."
)
OPTIONS = frozenset({Ability.END, REFERENCES})


def body_of(order: Order) -> dict[str, Any]:
    """What is posted. Raises Unsupported for a remix method, Refused for a size, that does not exist there.

    `background` makes Google answer at once; without it the answer would take as long as the video.
    """
    check_options(order, OPTIONS, GEMINI)
    body = {"model": order.card.remote, "background": True, "response_format": _response_format(order)}
    match order:
        case Order(method=RemixMethod.NATIVE, source_id=str(source)):
            return body | {"input": order.prompt, "previous_interaction_id": source}
        case Order(method=RemixMethod.EXTEND, source_id=str(source)):
            task = {"video_config": {"task": "extend"}}
            return body | {"input": order.prompt, "previous_interaction_id": source, "generation_config": task}
        case Order(method=RemixMethod.NATIVE | RemixMethod.EXTEND):
            raise Unsupported(SOURCE_UNKNOWN)
        case Order(method=RemixMethod.EDIT | RemixMethod.SOURCE):
            raise Unsupported(msg("Gemini can't remix this way."))
        case _:
            return body | {"input": _input(order)}


def _input(order: Order) -> str | list[dict[str, str]]:
    """The prompt, after the pictures if there are any."""
    if pictures := [each for each in (order.picture, *order.options.pictures) if each is not None]:
        return [*map(_picture, pictures), {"type": "text", "text": _words(order)}]
    return order.prompt


def _words(order: Order) -> str:
    """The prompt, with the purpose of each picture."""
    if given := len(order.options.references):
        declared = " ".join(f"<IMAGE_REF_{number}>@Image{number + 1}" for number in range(given))
        return f"[# References {declared}] {order.prompt} {ONLY_REFERENCES}"
    if order.options.end is not None:
        return f"{FIRST_FRAME} {LAST_FRAME} {order.prompt}"
    return f"{FIRST_FRAME} {order.prompt}" if order.method in STILLS else order.prompt


def _response_format(order: Order) -> dict[str, str]:
    """An edited video keeps its source's shape and length, so neither is sent."""
    ratio, resolution = shape(order.size)
    video = {"type": "video", "delivery": "uri", "resolution": resolution}
    if order.method is not RemixMethod.NATIVE:
        video["duration"] = f"{order.seconds}s"  # a bare number is refused
    return video if order.method in {RemixMethod.NATIVE, RemixMethod.EXTEND} else video | {"aspect_ratio": ratio}


def shape(size: Size) -> tuple[str, str]:
    """Aspect ratio and resolution. Raises Refused for anything but the two ratios and four resolutions."""
    ratio = next((name for name, (x, y) in RATIOS.items() if size.width * y == size.height * x), None)
    resolution = RESOLUTIONS.get(min(size.width, size.height))
    if ratio is None or resolution is None:
        raise Refused(
            msg(
                "Gemini makes videos of {ratios} in {resolutions}, not {size}.",
                ratios=Choice(tuple(map(Term, RATIOS))),
                resolutions=Term(", ".join(RESOLUTIONS.values())),
                size=Term(str(size)),
            )
        )
    return ratio, resolution


def _picture(data: bytes) -> dict[str, str]:
    return {"type": "image", "data": base64.b64encode(data).decode(), "mime_type": "image/png"}
