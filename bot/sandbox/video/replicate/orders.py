"""Parses and checks an order to the simulated Replicate: by its schemas, and more strictly where nobody knows.

The real one may silently drop a field that a model does not have; here it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import Behaviour
from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered
from bot.sandbox.video.replicate.menu import MODELS, Schema, schema_of, size_of

LOOPBACK = ("127.0.0.1", "localhost")  # the real one calls https addresses only
EVENTS = frozenset({"start", "output", "logs", "completed"})
PICTURES = ("image", "start_image", "first_frame_image", "video")
TITLES = {401: "Unauthenticated", 402: "Insufficient credit", 404: "Not found", 422: "Input validation failed"}
KINDS: Mapping[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}

FileOf = Callable[[str], bytes | None]  # an uploaded file, by its address; None: it is not one of ours


class Problem(Refusal):
    """A refusal in Replicate's format."""

    def __init__(self, status: int, detail: str, **beside: object) -> None:
        super().__init__(status, detail)
        self.body = {"title": TITLES.get(status, "Error"), "detail": detail, "status": status, **beside}

    def answer(self) -> web.Response:
        return web.json_response(self.body, status=self.status)


def invalid(field: str, problem: str) -> Problem:
    fault = {"type": "invalid", "field": f"input.{field}", "description": problem}
    return Problem(422, f"- input.{field}: {problem}\n", invalid_fields=[fault])


@value_object
class Asked:
    """A checked order. `given` is its input, as the list shows it: with the service's defaults."""

    ordered: Ordered
    given: Mapping[str, Any]
    callback: str | None

    @classmethod
    def of(cls, slug: str, body: object, file_of: FileOf) -> Asked:
        """Raises Refusal."""
        if slug not in MODELS:
            raise Problem(404, "The requested resource could not be found.")
        fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
        given = fields.get("input")
        if not isinstance(given, dict):
            raise Problem(422, "- input is required\n")
        for name, value in given.items():
            _check(slug, name, value)
        if not given.get("prompt"):
            raise invalid("prompt", "prompt is required")
        if Behaviour.of(given["prompt"]).refused:
            raise Problem(422, "The input was flagged as sensitive. Please try again with different inputs. (E005)")
        usual = {name: schema["default"] for name, schema in MODELS[slug].items() if "default" in schema}
        whole = usual | given
        return cls(ordered=_ordered(slug, whole, file_of), given=whole, callback=_callback(fields))


def _check(slug: str, name: str, value: object) -> None:
    if name not in MODELS[slug]:
        raise invalid(name, "Additional property is not allowed")
    schema: Schema = schema_of(slug, name)
    kind = KINDS[schema["type"]]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise invalid(name, f"Invalid type. Expected: {schema['type']}, given: {type(value).__name__}")
    if "enum" in schema and value not in schema["enum"]:
        raise invalid(name, f"must be one of {', '.join(map(repr, schema['enum']))}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        raise invalid(name, f"Must be from {schema['minimum']} to {schema['maximum']}")


def _ordered(slug: str, whole: Mapping[str, Any], file_of: FileOf) -> Ordered:
    source = next((name for name in PICTURES if whole.get(name)), None)
    picture = None if source is None else _file(source, whole[source], file_of)
    end = whole.get("last_frame_image")
    size = size_of(whole.get("resolution"), whole.get("aspect_ratio"), slug)
    if picture is not None and source == "video":
        size = orders.reference_size(picture)
    return Ordered(
        model=slug,
        seconds=int(whole.get("duration", 5)),
        size=size,
        lineage=(whole["prompt"],),
        picture=picture,
        end=None if end is None else _file("last_frame_image", end, file_of),
        references=tuple(
            _file("reference_images", address, file_of) for address in whole.get("reference_images") or ()
        ),
        seed=whole.get("seed"),
        sound=whole.get("generate_audio"),
        without=whole.get("negative_prompt") or "",
    )


def _file(field: str, address: object, file_of: FileOf) -> bytes:
    """An uploaded file. Raises Refusal for an invalid address, or one of something else."""
    data = file_of(address) if isinstance(address, str) else None
    if data is None:
        raise invalid(field, "Does not match format 'uri'")
    try:
        orders.reference_size(data)
    except Refusal:
        raise invalid(field, "is not a file that can be read") from None
    return data


def _callback(body: Mapping[str, Any]) -> str | None:
    url, events = body.get("webhook"), body.get("webhook_events_filter", [])
    if not isinstance(events, list) or not EVENTS.issuperset(events):
        raise Problem(422, "- webhook_events_filter must be a list of start, output, logs and completed\n")
    if url is None:
        return None
    parts = urlsplit(str(url))
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise Problem(422, "- webhook: Does not match format 'https'\n")
    return str(url)
