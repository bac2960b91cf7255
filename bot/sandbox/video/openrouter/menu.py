"""The models of the simulated OpenRouter, listed in the real one's format, and their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RESOLUTIONS: Mapping[str, int] = {"360p": 360, "480p": 480, "720p": 720, "768p": 768, "1080p": 1080, "4K": 2160}
NAMED = ("360p", "480p", "540p", "720p", "768p", "1080p", "1K", "2K", "4K")  # all that the API knows
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21")
FRAME_RATE = 24  # by which tokens are counted


def row(slug: str, name: str, **facts: Any) -> dict[str, Any]:
    """One model in the shape of the real list."""
    usual: dict[str, Any] = {
        "id": slug,
        "canonical_slug": f"{slug}-20260901",
        "name": name,
        "created": 1788220800,
        "supported_resolutions": ["480p", "720p"],
        "supported_aspect_ratios": ["16:9", "9:16", "1:1"],
        "supported_sizes": None,
        "supported_durations": [4, 5, 6, 8, 10],
        "supported_frame_images": ["first_frame", "last_frame"],
        "upscale_factor": None,
        "creativity": None,
        "generate_audio": True,
        "seed": True,
        "pricing_skus": {},
        "allowed_passthrough_parameters": [],
    }
    return usual | facts


MODELS: Sequence[Mapping[str, Any]] = (
    row(
        "alibaba/wan-3.0",
        "Alibaba: Wan 3.0",
        supported_resolutions=["480p", "720p", "1080p"],
        supported_aspect_ratios=["16:9", "4:3", "1:1", "3:4", "9:16"],
        supported_durations=list(range(2, 31)),
        supported_frame_images=["first_frame"],
        pricing_skus={"duration_seconds_480p": "0.05", "duration_seconds_720p": "0.1", "duration_seconds_1080p": "0.2"},
    ),
    row(
        "bytedance/seedance-2.0-mini",
        "ByteDance: Seedance 2.0 Mini",
        supported_sizes=["480x480", "480x854", "854x480", "720x720", "720x1280", "1280x720"],
        supported_durations=list(range(4, 16)),
        pricing_skus={
            "video_tokens": "0.0000035",
            "video_tokens_without_audio": "0.0000035",
            "video_tokens_with_video_input": "0.0000021",
        },
    ),
    row(
        "minimax/hailuo-3-max",
        "MiniMax: H3 Max",
        supported_resolutions=["768p", "480p"],
        supported_aspect_ratios=["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"],
        supported_durations=list(range(5, 16)),
        generate_audio=False,
        seed=False,
        pricing_skus={
            "duration_seconds": "0.08",
            "duration_seconds_480p": "0.05",
            "duration_seconds_768p": "0.08",
        },
    ),
    row(  # the one that continues its own videos; which real models do is unknown
        "simulated/moviola-1",
        "Simulated: Moviola 1",
        supported_sizes=["1280x720", "720x1280", "752x560"],
        pricing_skus={"cents_per_second_output": "12", "cents_per_image_input": "1"},
    ),
    row(  # with a different price for sound
        "google/veo-3.1-lite",
        "Google: Veo 3.1 Lite",
        supported_resolutions=["720p", "1080p"],
        supported_aspect_ratios=["16:9", "9:16"],
        supported_durations=[4, 6, 8],
        pricing_skus={
            "duration_seconds_with_audio": "0.08",
            "duration_seconds_without_audio": "0.05",
            "duration_seconds_with_audio_720p": "0.05",
            "duration_seconds_without_audio_720p": "0.03",
        },
        allowed_passthrough_parameters=["personGeneration", "aspectRatio", "negativePrompt", "conditioningScale"],
    ),
    row(
        "black-forest-labs/flux-video-edit",
        "Black Forest Labs: FLUX Video Edit",
        supported_resolutions=None,
        supported_aspect_ratios=None,
        supported_durations=None,
        supported_frame_images=None,
        generate_audio=False,
        seed=False,
        pricing_skus={"cents_per_second_output": "3"},
    ),
)
CONTINUES = frozenset({"simulated/moviola-1"})  # take a `previous_job_id`
WIDER = {("bytedance/seedance-2.0-mini", (480, 480)): (640, 640)}  # larger than listed, as recorded


def model_of(slug: object) -> Mapping[str, Any] | None:
    return next((model for model in MODELS if model["id"] == slug), None)


def charge(slug: str, size: tuple[int, int], seconds: int, pictures: int, *, sound: bool = True) -> float:
    """Dollars for a finished video."""
    skus = next(model["pricing_skus"] for model in MODELS if model["id"] == slug)
    width, height = size
    if "video_tokens" in skus:
        frames = FRAME_RATE * seconds + 1
        return round(float(skus["video_tokens"]) * width * height * frames / 1024, 6)
    if "cents_per_second_output" in skus:
        cents = (
            float(skus["cents_per_second_output"]) * seconds + float(skus.get("cents_per_image_input", 0)) * pictures
        )
        return round(cents / 100, 6)
    resolution = next(name for name, short in RESOLUTIONS.items() if short == min(size))
    family = "duration_seconds"
    if f"{family}_with_audio" in skus:
        family += "_with_audio" if sound else "_without_audio"
    return round(float(skus.get(f"{family}_{resolution}", skus.get(family))) * seconds, 6)
