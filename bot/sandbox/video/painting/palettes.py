"""Colours that go together: a time of day and its weather for each prompt."""

from __future__ import annotations

import random
from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Sky from above to the horizon, the light in it, and the land from far to near."""

    zenith: Colour
    middle: Colour
    horizon: Colour
    light: Colour
    far: Colour
    near: Colour
    stars: int = 0

    def land(self, depth: float) -> Colour:
        """The colour of a ridge; depth 0 is the farthest."""
        return mixed(self.far, self.near, depth)


def colour(text: str) -> Colour:
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 gives the one, 1 the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def palette(codes: str, stars: int = 0) -> Palette:
    zenith, middle, horizon, light, far, near = (colour(part) for part in codes.split())
    return Palette(zenith, middle, horizon, light, far, near, stars)


PALETTES = (
    palette("2a2a72 c85c8e ffcf9c fff1d0 a86a93 2a1d45", 40),  # dawn
    palette("3a7bd5 7fb8ea eaf4f4 fffbe6 8fb5cf 1f4d5c"),  # clear morning
    palette("0b1026 1f2f5c 55679c f4f1de 3f4f85 080c1f", 160),  # moonlit night
    palette("4b134f c94b4b ffb56b ffe3a3 a04a55 2b0f2e", 20),  # red evening
    palette("134e5e 4f9c8a d8f0c8 fbffe8 5f9f8c 0d3038"),  # green valley
    palette("41295a a86fb0 ffd9e0 fff6f0 a37fb5 2d1b45", 20),  # blossom
    palette("5a3f2b d08b4c ffe4b0 fff3d6 c08a58 3b2418"),  # desert noon
    palette("1c3b57 6f9bb8 e6eef2 ffffff 8fb0c6 21435e"),  # snow light
    palette("021b2e 0b5563 6fd3b8 e9fff6 17635f 03161c", 120),  # polar night
    palette("2c3e50 7d8fa3 f3d9b8 fff0d9 8d8f9c 26303d"),  # mist
)


def chance_for(text: str) -> random.Random:
    """The same text is always painted, and sounds, the same."""
    return random.Random(text)  # noqa: S311 - guards nothing


def palette_for(chance: random.Random) -> Palette:
    return chance.choice(PALETTES)
