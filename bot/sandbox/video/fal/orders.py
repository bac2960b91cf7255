"""Parses orders to the simulated fal. As at the real one, any order is accepted, and checked when it runs.

The real one ignores unknown fields; here they are an error, so that our own mistakes show.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.fal.menu import MODELS, SHORT_SIDES, Model
from bot.sandbox.video.openai.orders import Refusal, reference_size
from bot.sandbox.video.openai.videos import Ordered
from bot.sandbox.video.sizes import pixels

PICTURES = ("image_url", "first_frame_url")
ENDS = ("end_image_url", "last_frame_url")
OWN_FILE = re.compile(r"/files/(?P<id>[\w-]+)\.mp4$")
FLAGGED = "The content could not be processed because it contained material flagged by a content checker."


class Said(Refusal):
    """A refusal in fal's format: with `detail`, which is a sentence or a list of faults."""

    def __init__(self, status: int, detail: object, kind: str | None = None) -> None:
        super().__init__(status, json.dumps(detail))
        self.detail = detail
        self.kind = kind

    def answer(self) -> web.Response:
        body = {"detail": self.detail} | ({"error_type": self.kind} if self.kind else {})
        headers = {"X-Fal-Error-Type": self.kind} if self.kind else {}
        return web.json_response(body, status=self.status, headers=headers)


def fault(name: str, kind: str, message: str, value: object = None) -> dict[str, Any]:
    return {"loc": ["body", name], "msg": message, "type": kind, "input": value}


def flagged(prompt: str) -> Said:
    return Said(422, [fault("prompt", "content_policy_violation", FLAGGED, prompt)])


def check(endpoint: str, body: Mapping[str, Any]) -> None:
    """The checks by the model's runner. Raises Said."""
    if faults := list(_faults(MODELS[endpoint], body)):
        raise Said(422, faults)
    if Behaviour.of(body["prompt"]).refused:
        raise flagged(body["prompt"])


def _faults(model: Model, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in model.needs:
        if name not in body:
            yield fault(name, "missing", "Field required")
    for name, value in body.items():
        if name in model.choices:
            if value not in model.choices[name] or isinstance(value, bool):
                expected = ", ".join(map(repr, model.choices[name]))
                yield fault(name, "literal_error", f"Input should be {expected}", value)
        elif (kind := model.kinds.get(name)) is None:
            yield fault(name, "extra_forbidden", "Extra inputs are not permitted", value)
        elif type(value) is not kind:
            yield fault(name, f"{kind.__name__}_type", f"Input should be a valid {kind.__name__}", value)
        elif name in (*PICTURES, *ENDS) and _picture(value) is None:
            yield fault(name, "image_load_error", "Failed to load the image.", str(value)[:40])


def _picture(url: object) -> bytes | None:
    """The content of a data URI, if that is an image."""
    if not isinstance(url, str) or not url.startswith("data:image/png;base64,"):
        return None
    try:
        picture = base64.b64decode(url.partition(",")[2], validate=True)
        reference_size(picture)
    except (ValueError, Refusal):
        return None
    return picture


def ordered(endpoint: str, body: Mapping[str, Any], source: Ordered | None) -> Ordered:
    """What will be made from whatever was sent: an invalid order is only reported when it runs."""
    choices = MODELS[endpoint].choices

    def chosen(name: str, otherwise: Any) -> Any:
        known = choices.get(name, (otherwise,))
        return body[name] if body.get(name) in known else known[0]

    seconds = int(re.sub(r"\D", "", str(chosen("duration", chosen("seconds", "5")))))
    size = pixels(SHORT_SIDES[chosen("resolution", "720p")], chosen("aspect_ratio", "16:9"))
    return Ordered(
        model=endpoint,
        seconds=seconds if source is None or choices else source.seconds,
        size=size if source is None else source.size,
        lineage=(*(source.lineage if source else ()), str(body.get("prompt", ""))),
        picture=next((found for name in PICTURES if (found := _picture(body.get(name)))), None),
        end=next((found for name in ENDS if (found := _picture(body.get(name)))), None),
        seed=body["seed"] if type(body.get("seed")) is int else None,
        without=str(body.get("negative_prompt", "")),
        sound=body["generate_audio"] if isinstance(body.get("generate_audio"), bool) else None,
    )


def source_id(body: Mapping[str, Any]) -> str | None:
    """The request whose file a body gives as its video."""
    match = OWN_FILE.search(str(body.get("video_url", "")))
    return None if match is None else match["id"]
