"""Strips of paint that move past the camera."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from bot.data_classes import value_object
from bot.sandbox.video.painting.palettes import Colour

CAMERA = 0.05  # share of the picture's width that the nearest ridge moves in a second


@value_object(kw_only=False)
class Layer:
    """A strip wider than the picture, of which a part is visible."""

    paint: Image.Image
    shape: Image.Image  # its mask
    top: int
    speed: float  # pixels a second

    def put_on(self, frame: Image.Image, at: float) -> None:
        left = min(round(self.speed * at), self.paint.width - frame.width)
        frame.paste(self.paint, (-left, self.top), self.shape)


def gradient(size: tuple[int, int], stops: Sequence[Colour]) -> Image.Image:
    """From top to bottom through evenly spaced colours."""
    column = Image.new("RGB", (1, len(stops)))
    for place, colour in enumerate(stops):
        column.putpixel((0, place), colour)
    return column.resize(size, Image.Resampling.BICUBIC, box=(0, 0.5, 1, len(stops) - 0.5))
