"""The one request that costs money at OpenRouter, as its JSON body."""

from __future__ import annotations

import base64
from typing import Any

from bot.domain.errors import Unsupported
from bot.domain.messages import msg
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.providers.common.endings import SOURCE_UNKNOWN
from bot.providers.openrouter.sizes import shape_of

# Not SOURCE: the API takes a video as a public https address only, and Kinora's copies are private.
CAN = frozenset({RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT})


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
        body["frame_images"] = [_first_frame(order.picture)]
    elif order.method in {RemixMethod.FRAME, RemixMethod.LAST_FRAME}:
        raise Unsupported(msg("The original video's frame is missing."))
    if order.callback is not None:
        body["callback_url"] = order.callback
    return body


def _picture_size(size: Size) -> dict[str, str]:
    """Resolution and ratio, which every model takes; exact pixels where a model's own list has others."""
    shape = shape_of(size)
    return {"size": str(size)} if shape is None else {"resolution": shape[0], "aspect_ratio": shape[1]}


def _first_frame(png: bytes) -> dict[str, Any]:
    """Also the last frame of a source begins the new clip: that is how the story goes on."""
    url = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return {"type": "image_url", "image_url": {"url": url}, "frame_type": "first_frame"}
