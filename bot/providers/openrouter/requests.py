"""The one paid request at OpenRouter, as its JSON body."""

from __future__ import annotations

from typing import Any

from bot.domain.errors import Unsupported
from bot.domain.messages import msg
from bot.domain.models.abilities import Ability
from bot.domain.ports.provider import Order
from bot.domain.video import STILLS, RemixMethod, Size
from bot.providers.common.adapter import REFERENCES, check_options
from bot.providers.common.endings import SOURCE_UNKNOWN
from bot.providers.common.file_kinds import data_uri
from bot.providers.common.sizes import shape_of

# Not SOURCE: the API takes a video as a public https address only, and Kinora's copies are private.
CAN = frozenset({RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT})
OPTIONS = frozenset({Ability.SOUND, Ability.SEED, Ability.END, REFERENCES})
# OpenRouter has no negative prompt of its own. It passes on fields addressed to the provider that runs a model, and
# silently drops those addressed to another; so this lists only models whose provider its documents name (2026-11).
NEGATIVE_PROMPTS = {"google": ("google-vertex", "negativePrompt")}  # by vendor: that provider, and its field
OPENROUTER = msg("OpenRouter")


def body_of(order: Order) -> dict[str, Any]:
    """Raises Unsupported for a remix method that cannot be sent, or whose source is missing."""
    body: dict[str, Any] = {"model": order.card.remote, "prompt": order.prompt, "duration": order.seconds}
    body |= _picture_size(order.size)
    if order.method is not None and order.method not in CAN:
        raise Unsupported(msg("OpenRouter can't remix from an uploaded file."))
    if order.method is RemixMethod.NATIVE:
        if order.source_id is None:
            raise Unsupported(SOURCE_UNKNOWN)
        body["previous_job_id"] = order.source_id
    elif order.picture is not None:
        body["frame_images"] = [_frame(order.picture, "first_frame")]
    elif order.method in STILLS:
        raise Unsupported(msg("The original video's frame is missing."))
    if order.callback is not None:
        body["callback_url"] = order.callback
    _add_options(body, order)
    return body


def _add_options(body: dict[str, Any], order: Order) -> None:
    """The options that were chosen. Raises Refused for those that this model does not take."""
    options, vendor = order.options, order.card.remote.partition("/")[0]
    negatives = {Ability.NEGATIVE_PROMPT} if vendor in NEGATIVE_PROMPTS else set[Ability]()
    check_options(order, OPTIONS | negatives, OPENROUTER)
    if options.sound is not None:
        body["generate_audio"] = options.sound
    if options.seed is not None:
        body["seed"] = options.seed
    if options.negative_prompt:
        provider, field = NEGATIVE_PROMPTS[vendor]
        body["provider"] = {"options": {provider: {"parameters": {field: options.negative_prompt}}}}
    if options.end is not None:
        body["frame_images"] = [*body.get("frame_images", ()), _frame(options.end, "last_frame")]
    if options.references:
        body["input_references"] = [_image(picture) for picture in options.references]


def _picture_size(size: Size) -> dict[str, str]:
    """Resolution and ratio, which every model takes; exact pixels if a model's own list has others."""
    shape = shape_of(size)
    return {"size": str(size)} if shape is None else {"resolution": shape[0], "aspect_ratio": shape[1]}


def _frame(png: bytes, kind: str) -> dict[str, Any]:
    """The last frame of a source also begins the new clip: that is how the story continues."""
    return _image(png) | {"frame_type": kind}


def _image(png: bytes) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": data_uri(png)}}
