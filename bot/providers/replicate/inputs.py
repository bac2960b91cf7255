"""The inputs of a model at Replicate, by its own schema. Each model has its own names for the same things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.data_classes import value_object

REFERENCE = "#/components/schemas/"
MOST_VALUES = 120  # of a range, that are listed one by one


class InputRole(StrEnum):
    """What a field is for."""

    PROMPT = "prompt"
    LENGTH = "length"
    RESOLUTION = "resolution"
    RATIO = "ratio"
    PICTURE = "picture"
    END = "end"
    REFERENCES = "references"
    VIDEO = "video"
    SEED = "seed"
    NEGATIVE_PROMPT = "negative prompt"
    SOUND = "sound"


NAMES: Mapping[InputRole, tuple[str, ...]] = {  # as video models there name them, 2026-11
    InputRole.PROMPT: ("prompt",),
    InputRole.LENGTH: ("duration", "seconds"),
    InputRole.RESOLUTION: ("resolution", "quality"),
    InputRole.RATIO: ("aspect_ratio", "ratio"),
    InputRole.PICTURE: ("start_image", "first_frame_image", "first_frame", "image", "input_image"),
    InputRole.END: ("last_frame_image", "end_image", "last_frame", "last_image"),
    InputRole.REFERENCES: ("reference_images",),
    InputRole.VIDEO: ("video", "input_video"),
    InputRole.SEED: ("seed",),
    InputRole.NEGATIVE_PROMPT: ("negative_prompt",),
    InputRole.SOUND: ("generate_audio",),
}


@value_object
class Field:
    """One field of a model's input. `choices` is empty if it takes any value of its type."""

    name: str
    is_text: bool = False  # a length, for example, is a number at most models and a text at some
    choices: tuple[object, ...] = ()
    bounds: tuple[int, int] | None = None  # of a whole number, both inclusive
    default: object = None  # applies if no value is given

    @property
    def values(self) -> Sequence[object]:
        """All values that it takes, if they can be listed."""
        if self.choices or self.bounds is None:
            return self.choices
        return range(self.bounds[0], min(self.bounds[1], self.bounds[0] + MOST_VALUES - 1) + 1)

    def usual_first(self) -> Sequence[object]:
        return sorted(self.values, key=lambda value: value != self.default)

    def written(self, value: str | int) -> object | None:
        """A value in this field's format; None if it does not take that value."""
        as_text = str(value).lower()
        for choice in self.choices:
            if str(choice).lower() == as_text:
                return choice
        if self.choices or not self._is_within(value):
            return None
        return str(value) if self.is_text else value

    def _is_within(self, value: str | int) -> bool:
        return self.bounds is None or isinstance(value, str) or self.bounds[0] <= value <= self.bounds[1]


@value_object(kw_only=False)
class ModelInputs:
    """The fields with a known purpose."""

    fields: Mapping[InputRole, Field]

    @classmethod
    def of(cls, properties: Mapping[str, Any], schemas: Mapping[str, Any] = MappingProxyType({})) -> ModelInputs:
        """`properties` of the schema `Input`; `schemas` are those next to it, which it refers to."""
        found = {}
        for role, names in NAMES.items():
            name = next((name for name in names if isinstance(properties.get(name), dict)), None)
            if name is not None:
                found[role] = _field(name, properties[name], schemas)
        return cls(found)

    def __contains__(self, role: object) -> bool:
        return role in self.fields

    def get(self, role: InputRole) -> Field | None:
        return self.fields.get(role)


def _field(name: str, schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Field:
    whole = dict(schema)
    parts = schema.get("allOf")
    for part in parts if isinstance(parts, list) else ():
        whole |= _referred(part, schemas)
    choices = whole.get("enum")
    return Field(
        name=name,
        is_text=whole.get("type") == "string",
        choices=tuple(choices) if isinstance(choices, list) else (),
        bounds=_bounds(whole),
        default=whole.get("default"),
    )


def _bounds(schema: Mapping[str, Any]) -> tuple[int, int] | None:
    match schema:
        case {"type": "integer", "minimum": int(least), "maximum": int(most)} if least <= most:
            return least, most
        case _:
            return None


def _referred(part: object, schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    match part:
        case {"$ref": str(place)}:
            schema = schemas.get(place.removeprefix(REFERENCE))
            return schema if isinstance(schema, dict) else {}
        case dict():
            return part
        case _:
            return {}


def inputs_in(model: object) -> ModelInputs | None:
    """The inputs in the service's description of a model; None if it does not list them."""
    match input_schema(model):
        case {"properties": dict() as properties}:
            inputs = ModelInputs.of(properties, _schemas(model))
            return inputs if InputRole.PROMPT in inputs else None
        case _:
            return None


def input_schema(model: object) -> Mapping[str, Any] | None:
    """The schema `Input` in the service's description of a model; None if it has none."""
    schema = _schemas(model).get("Input")
    return schema if isinstance(schema, dict) else None


def _schemas(model: object) -> Mapping[str, Any]:
    match model:
        case {"latest_version": {"openapi_schema": {"components": {"schemas": dict() as schemas}}}}:
            return schemas
        case _:
            return {}


def _whole(*numbers: int) -> dict[str, object]:
    return {"type": "integer", "enum": list(numbers)}


def _one_of(*words: str) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}


_TEXT: Mapping[str, object] = {"type": "string"}
_WHOLE: Mapping[str, object] = {"type": "integer"}
_FILE: Mapping[str, object] = {"type": "string", "format": "uri"}

# For the shipped cards, so that their orders need no query first: their schemas on 2026-10-08.
KNOWN: Mapping[str, ModelInputs] = {
    "alibaba/wan-3": ModelInputs.of(
        {
            "prompt": _TEXT,
            "duration": _WHOLE,
            "resolution": _one_of("480p", "720p", "1080p"),
            "aspect_ratio": _one_of("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4"),
            "image": _FILE,
        }
    ),
    "kwaivgi/kling-v2.5-turbo-pro": ModelInputs.of(
        {
            "prompt": _TEXT,
            "duration": _whole(5, 10),
            "aspect_ratio": _one_of("16:9", "9:16", "1:1"),
            "start_image": _FILE,
            "negative_prompt": _TEXT,
        }
    ),
    "xai/grok-imagine-video": ModelInputs.of(
        {
            "prompt": _TEXT,
            "duration": _WHOLE,
            "resolution": _one_of("720p", "480p"),
            "aspect_ratio": _one_of("auto", "16:9", "4:3", "1:1", "9:16", "3:4", "3:2", "2:3"),
            "image": _FILE,
            "video": _FILE,
        }
    ),
}
