"""The models of the simulated fal: a few endpoints, with their fields and prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from bot.data_classes import value_object

RATIOS = ("16:9", "9:16")
SHORT_SIDES: Mapping[str, int] = {"720p": 720, "1080p": 1080, "1440p": 1440, "2160p": 2160}


@value_object
class Model:
    """One endpoint. `choices` are the fields that take one of a few values, the default first."""

    category: str = "text-to-video"
    choices: Mapping[str, tuple[Any, ...]]
    kinds: Mapping[str, type] = field(default_factory=dict)  # types of the other fields
    needs: tuple[str, ...] = ("prompt",)
    unit_price: float = 0.10
    unit: str = "seconds"
    defaults: Mapping[str, int] = field(default_factory=dict)


VEO = {"duration": ("8s", "4s", "6s"), "resolution": ("720p", "1080p"), "aspect_ratio": RATIOS}
VEO_KINDS = {"prompt": str, "negative_prompt": str, "seed": int, "generate_audio": bool, "auto_fix": bool}
LTX = {
    "duration": (6, 8, 10, 12, 14, 16, 18, 20),
    "resolution": ("1080p", "1440p", "2160p"),
    "aspect_ratio": RATIOS,
    "fps": (25, 24, 48, 50),
}
LTX_KINDS = {"prompt": str, "generate_audio": bool}
MOVIOLA = {"seconds": ("5", "10"), "resolution": ("720p",), "aspect_ratio": RATIOS}
MOVIOLA_KINDS = {"prompt": str, "seed": int}

MODELS: Mapping[str, Model] = {
    "fal-ai/veo3.1": Model(choices=VEO, kinds=VEO_KINDS, unit_price=0.40),
    "fal-ai/veo3.1/image-to-video": Model(
        category="image-to-video",
        choices=VEO,
        kinds=VEO_KINDS | {"image_url": str},
        needs=("prompt", "image_url"),
        unit_price=0.40,
    ),
    "fal-ai/veo3.1/first-last-frame-to-video": Model(
        category="image-to-video",
        choices=VEO,
        kinds=VEO_KINDS | {"first_frame_url": str, "last_frame_url": str},
        needs=("prompt", "first_frame_url", "last_frame_url"),
        unit_price=0.40,
    ),
    "fal-ai/ltx-2.3/text-to-video/fast": Model(choices=LTX, kinds=LTX_KINDS, unit_price=0.04),
    "fal-ai/ltx-2.3/image-to-video/fast": Model(
        category="image-to-video",
        choices=LTX,
        kinds=LTX_KINDS | {"image_url": str, "end_image_url": str},
        needs=("prompt", "image_url"),
        unit_price=0.04,
    ),
    # One charged by its pixels, and one by the time that a machine works on it.
    "simulated/mosaic/text-to-video": Model(
        choices={**MOVIOLA, "resolution": ("720p", "1080p")},
        kinds=MOVIOLA_KINDS | {"fps": int},
        defaults={"fps": 25},
        unit_price=0.0024075,
        unit="megapixels",
    ),
    "simulated/loom/text-to-video": Model(
        choices=MOVIOLA, kinds=MOVIOLA_KINDS, unit_price=0.00125, unit="compute seconds"
    ),
    # One that edits and extends its own videos. Real ones have other fields.
    "simulated/moviola/text-to-video": Model(choices=MOVIOLA, kinds=MOVIOLA_KINDS),
    "simulated/moviola/edit-video": Model(
        category="video-to-video", choices={}, kinds=MOVIOLA_KINDS | {"video_url": str}, needs=("prompt", "video_url")
    ),
    "simulated/moviola/extend-video": Model(
        category="video-to-video",
        choices={"seconds": ("5", "10")},
        kinds=MOVIOLA_KINDS | {"video_url": str},
        needs=("prompt", "video_url"),
    ),
}


def description(endpoint: str) -> Mapping[str, Any]:
    """The OpenAPI description of an endpoint, as far as clients read it."""
    model = MODELS[endpoint]
    kinds = {str: "string", int: "integer", bool: "boolean"}
    fields: dict[str, Any] = {name: {"type": kinds[kind]} for name, kind in model.kinds.items()}
    for name, values in model.choices.items():
        fields[name] = {"type": kinds[type(values[0])], "enum": sorted(values), "default": values[0]}
    for name, value in model.defaults.items():
        fields[name]["default"] = value
    if "seed" in fields:
        fields["seed"] = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    schema = {"type": "object", "properties": fields, "required": list(model.needs)}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Input"}}}}
    paths = {
        f"/{endpoint}/requests/{{request_id}}/status": {"get": {"responses": {}}},
        f"/{endpoint}": {"post": {"requestBody": body}},
    }
    return {"openapi": "3.0.4", "paths": paths, "components": {"schemas": {"Input": schema}}}
