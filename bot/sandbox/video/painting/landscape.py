"""A painted landscape whose layers pass each other as the camera moves.

Everything expensive is painted once; a frame is a few pastes, some 4 ms of processor time at 1280x720.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image

from bot.sandbox.video.painting.balloons import Balloon, balloon
from bot.sandbox.video.painting.layers import CAMERA, Layer, gradient
from bot.sandbox.video.painting.palettes import Palette, chance_for, mixed, palette_for
from bot.sandbox.video.painting.ridges import Ridge, ridges
from bot.sandbox.video.painting.sky import cloud_shape, sky

WOODED = 2  # ridges in front of the balloons


class Landscape:
    """The first prompt determines the land; each remix adds a balloon, and may ask for different light."""

    def __init__(self, size: tuple[int, int], seconds: float, prompts: Sequence[str]) -> None:
        chance = chance_for(prompts[0])
        palette = palette_for(chance, prompts)
        self._ground = sky(size, palette, chance_for(f"the sky of {prompts[0]}"))  # some light shows more stars
        self._clouds = clouds(size, seconds, palette, chance)
        self._ridges = [self._raised(ridge) for ridge in ridges(size, seconds, palette, chance)]
        self._balloons = [balloon(size, prompt, place) for place, prompt in enumerate(prompts[1:])]

    def paint(self, frame: Image.Image, at: float) -> None:
        """Paint the picture `at` seconds after the start over the whole of `frame`."""
        frame.paste(self._ground)
        parts: list[Layer | Balloon] = [self._clouds, *self._ridges[:-WOODED], *self._balloons, *self._ridges[-WOODED:]]
        for part in parts:
            part.put_on(frame, at)

    def _raised(self, ridge: Ridge) -> Layer:
        """Below its lowest point a ridge looks the same everywhere: that part is painted on the ground once."""
        self._ground.paste(ridge.foot, (0, ridge.crest.top + ridge.crest.paint.height))
        return ridge.crest


def clouds(size: tuple[int, int], seconds: float, palette: Palette, chance: random.Random) -> Layer:
    """Lit from the horizon, slower than the land."""
    speed = 0.2 * CAMERA * size[0]
    wide = size[0] + math.ceil(speed * seconds) + 1, round(0.42 * size[1])
    paint = gradient(wide, (mixed(palette.middle, palette.light, 0.45), palette.light))
    return Layer(paint, cloud_shape(wide, chance), round(0.05 * size[1]), speed)
