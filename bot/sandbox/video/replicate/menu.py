"""The models of the simulated Replicate, each described by a schema in the real format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.sandbox.video.sizes import pixels

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
FILE: Schema = {"type": "string", "format": "uri", "nullable": True}
FILES: Schema = {"type": "array", "items": {"type": "string", "format": "uri"}, "nullable": True}
SEED: Schema = {"type": "integer", "nullable": True}
SHORT_SIDES: Mapping[str, int] = {"480p": 480, "720p": 720, "1080p": 1080}
USUAL_RATIO = "16:9"


def one_of(*choices: object, default: object) -> Schema:
    """With the service's default."""
    return {"enum": list(choices), "type": "string" if isinstance(choices[0], str) else "integer", "default": default}


def whole(least: int, most: int, default: int) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, "default": default}


MODELS: Mapping[str, Mapping[str, Schema]] = {
    "alibaba/wan-3": {
        "prompt": TEXT,
        "duration": whole(2, 30, 5),
        "resolution": one_of("480p", "720p", "1080p", default="720p"),
        "aspect_ratio": one_of("adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", default="adaptive"),
        "image": FILE,
    },
    "kwaivgi/kling-v2.5-turbo-pro": {
        "prompt": TEXT,
        "duration": one_of(5, 10, default=5),
        "aspect_ratio": one_of("16:9", "9:16", "1:1", default="16:9"),
        "start_image": FILE,
        "negative_prompt": {"type": "string", "default": ""},
    },
    "xai/grok-imagine-video": {
        "prompt": TEXT,
        "duration": whole(1, 15, 5),
        "resolution": one_of("720p", "480p", default="720p"),
        "aspect_ratio": one_of("auto", "16:9", "4:3", "1:1", "9:16", "3:4", "3:2", "2:3", default="auto"),
        "image": FILE,
        "video": FILE,
    },
    # with everything a model can have, and its choices in a separate schema, as at most real models
    "simulated/moviola-1": {
        "prompt": TEXT,
        "duration": {"allOf": [{"$ref": "#/components/schemas/duration"}], "default": "5"},
        "resolution": {"allOf": [{"$ref": "#/components/schemas/resolution"}], "default": "480p"},
        "aspect_ratio": {"allOf": [{"$ref": "#/components/schemas/aspect_ratio"}], "default": "16:9"},
        "first_frame_image": FILE,
        "last_frame_image": FILE,
        "reference_images": FILES,
        "seed": SEED,
        "negative_prompt": TEXT,
        "generate_audio": {"type": "boolean", "default": True},
    },
}
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "text-to-video": tuple(MODELS),
    "image-to-video": ("alibaba/wan-3", "simulated/moviola-1"),
}
BESIDE: Mapping[str, Schema] = {
    "duration": {"enum": ["5", "10"], "type": "string"},
    "resolution": {"enum": ["480p", "720p"], "type": "string"},
    "aspect_ratio": {"enum": ["16:9", "9:16"], "type": "string"},
}
FIXED_SHORT_SIDE: Mapping[str, int] = {"kwaivgi/kling-v2.5-turbo-pro": 1080}


def description_of(slug: str) -> Mapping[str, Any]:
    """A model as the service describes it."""
    owner, _, name = slug.partition("/")
    schemas = {"Input": {"type": "object", "required": ["prompt"], "properties": dict(MODELS[slug])}, **BESIDE}
    version = {"id": "hidden", "openapi_schema": {"openapi": "3.0.2", "components": {"schemas": schemas}}}
    return {"owner": owner, "name": name, "visibility": "public", "latest_version": version}


def schema_of(slug: str, field: str) -> Schema:
    """With the schemas that it refers to."""
    schema = MODELS[slug][field]
    return MappingProxyType({**BESIDE[field], **schema}) if "allOf" in schema else schema


def size_of(resolution: object, ratio: object, slug: str) -> tuple[int, int]:
    short = SHORT_SIDES.get(str(resolution), FIXED_SHORT_SIDE.get(slug, SHORT_SIDES["720p"]))
    return pixels(short, str(ratio) if ":" in str(ratio) else USUAL_RATIO)
