"""The pictures and films that the benchmarks use."""

from __future__ import annotations

import io

from PIL import Image

from bot.domain.video import Size
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.painting.film import shoot


def a_film(seconds: int, size: Size) -> bytes:
    """As the simulated service makes it."""
    ordered = Ordered(model="bench", seconds=seconds, size=(size.width, size.height), lineage=("a fox in the rain",))
    video = SimulatedVideo(id="video_bench", ordered=ordered, created_at=0.0, render_seconds=0.0)
    return shoot(video, frame_rate=24, with_sound=True).video


def a_photo() -> bytes:
    """A JPEG of 12 megapixels."""
    photo = io.BytesIO()
    Image.effect_noise((4000, 3000), 80).convert("RGB").save(photo, "JPEG")
    return photo.getvalue()
