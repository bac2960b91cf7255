"""The one paid request, as xAI takes it: a new video, an edit of one, or an extension of one.

Source: docs.x.ai, pages on video generation, editing and extension and on storing what is made, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.data_classes import value_object
from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Choice, Term, msg
from bot.domain.models.abilities import Ability
from bot.domain.ports.provider import Order
from bot.domain.video import STILLS, RemixMethod, Size
from bot.providers.common.adapter import REFERENCES, check_options
from bot.providers.common.endings import SOURCE_UNKNOWN
from bot.providers.common.file_kinds import data_uri
from bot.providers.common.sizes import shape_of
from bot.providers.xai.files import KEPT_SECONDS, file_name

XAI = msg("xAI")
NOT_THIS_WAY = msg("{service} can't remix this video this way.", service=XAI)
RESOLUTIONS = ("480p", "720p", "1080p")
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3")
# Not SOURCE: our own file would have to be uploaded first.
CAN = frozenset(
    {RemixMethod.NATIVE, RemixMethod.EXTEND, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT}
)
# Sound is always on: `generate_audio` is a field of the other API (gRPC), and nobody has seen it accepted here.
OPTIONS = frozenset({Ability.END, REFERENCES})

NEW = "/videos/generations"
PATHS = {RemixMethod.NATIVE: "/videos/edits", RemixMethod.EXTEND: "/videos/extensions"}

LONGEST_EDITED = 8.7  # seconds
EXTENDED = (2.0, 15.0)  # seconds of a video that can be extended
ADDED = range(2, 11)  # possible seconds of an extension
# xAI does not say whether it bills an extension by the added part or by the whole. The price on a card covers the whole
# if the video was at most so many times as long as the added part; others continue from their last frame.
MOST_TIMES = 2


@value_object
class VideoSource:
    """One of xAI's own videos that is to be changed: how an order names it, and its length if known."""

    place: Mapping[str, str]
    seconds: float | None


def path_of(method: RemixMethod | None) -> str:
    return NEW if method is None else PATHS.get(method, NEW)


def body_of(order: Order, source: VideoSource | None) -> dict[str, Any]:
    """Raises Unsupported for an unavailable remix method, Refused for an unavailable size or option."""
    check_options(order, OPTIONS, XAI)
    body: dict[str, Any] = {"model": order.card.remote, "prompt": order.prompt}
    if order.own_name is not None:
        body["storage_options"] = {"filename": file_name(order.own_name), "expires_after": KEPT_SECONDS}
    if order.method in PATHS:
        if source is None:
            raise Unsupported(SOURCE_UNKNOWN)
        _check_lengths(order, source)
        more = {"duration": order.seconds} if order.method is RemixMethod.EXTEND else {}
        return body | {"video": dict(source.place)} | more  # it keeps its source's size
    if order.method is not None and order.method not in CAN:
        raise Unsupported(NOT_THIS_WAY)
    return body | _new(order)


def _new(order: Order) -> dict[str, Any]:
    resolution, ratio = _shape(order.size)
    body: dict[str, Any] = {"duration": order.seconds, "resolution": resolution, "aspect_ratio": ratio}
    if order.picture is not None:
        body["image"] = _picture(order.picture)
    elif order.method in STILLS:
        raise Unsupported(msg("The original video's frame is missing."))
    if order.options.end is not None:
        body["last_frame"] = _picture(order.options.end)
    if order.options.references:
        body["reference_images"] = [_picture(png) for png in order.options.references]
    return body


def _check_lengths(order: Order, source: VideoSource) -> None:
    """Raise Unsupported for what xAI would refuse, or what might cost more than was quoted."""
    seconds = source.seconds
    if order.method is RemixMethod.NATIVE:
        is_open = seconds is None or seconds <= LONGEST_EDITED
    else:
        shortest, longest = EXTENDED
        fits = seconds is not None and shortest <= seconds <= min(longest, MOST_TIMES * order.seconds)
        is_open = fits and order.seconds in ADDED
    if not is_open:
        raise Unsupported(NOT_THIS_WAY)


def _shape(size: Size) -> tuple[str, str]:
    """Raises Refused for a size that xAI has no name for."""
    resolution, ratio = shape_of(size) or ("", "")
    if resolution not in RESOLUTIONS or ratio not in RATIOS:
        raise Refused(
            msg(
                "xAI makes videos of {ratios} in {resolutions}, not {size}.",
                ratios=Choice(tuple(map(Term, RATIOS))),
                resolutions=Term(", ".join(RESOLUTIONS)),
                size=Term(str(size)),
            )
        )
    return resolution, ratio


def _picture(png: bytes) -> dict[str, str]:
    return {"url": data_uri(png)}
