"""Matching colours: a time of day and its weather for each prompt."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from bot.data_classes import value_object

Colour = tuple[int, int, int]


@value_object(kw_only=False)
class Palette:
    """The sky from top to horizon, its light, and the land from far to near."""

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
    """`share` 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def palette(codes: str, stars: int = 0) -> Palette:
    zenith, middle, horizon, light, far, near = (colour(part) for part in codes.split())
    return Palette(zenith, middle, horizon, light, far, near, stars)


PALETTES: Mapping[str, Palette] = {
    "dawn": palette("2a2a72 c85c8e ffcf9c fff1d0 a86a93 2a1d45", 40),
    "clear morning": palette("3a7bd5 7fb8ea eaf4f4 fffbe6 8fb5cf 1f4d5c"),
    "moonlit night": palette("0b1026 1f2f5c 55679c f4f1de 3f4f85 080c1f", 160),
    "red evening": palette("4b134f c94b4b ffb56b ffe3a3 a04a55 2b0f2e", 20),
    "green valley": palette("134e5e 4f9c8a d8f0c8 fbffe8 5f9f8c 0d3038"),
    "blossom": palette("41295a a86fb0 ffd9e0 fff6f0 a37fb5 2d1b45", 20),
    "desert noon": palette("5a3f2b d08b4c ffe4b0 fff3d6 c08a58 3b2418"),
    "snow light": palette("1c3b57 6f9bb8 e6eef2 ffffff 8fb0c6 21435e"),
    "polar night": palette("021b2e 0b5563 6fd3b8 e9fff6 17635f 03161c", 120),
    "mist": palette("2c3e50 7d8fa3 f3d9b8 fff0d9 8d8f9c 26303d"),
}
ASKED_FOR = {  # by words in a prompt; a time of day takes precedence over a place
    "polar night": r"northern lights|aurora|polar",
    "moonlit night": r"night|moon|stars|midnight",
    "red evening": r"evening|sunset|dusk|golden hour",
    "dawn": r"dawn|sunrise",
    "clear morning": r"morning|sunny|daylight",
    "snow light": r"snow|winter|ice|glacier",
    "mist": r"mist|fog|rain|storm",
    "desert noon": r"desert|dunes?|sand",
    "blossom": r"blossoms?|spring|flowers?|cherry",
    "green valley": r"valley|forest|meadow|jungle",
}


def chance_for(text: str) -> random.Random:
    """The same text is always painted, and sounds, the same."""
    return random.Random(text)


def palette_for(chance: random.Random, prompts: Sequence[str] = ()) -> Palette:
    """The palette of the newest prompt that mentions light; otherwise a random one."""
    by_chance = chance.choice(list(PALETTES.values()))
    asked = [name for prompt in reversed(prompts) for name, words in ASKED_FOR.items() if _says(prompt, words)]
    return PALETTES[asked[0]] if asked else by_chance


def _says(prompt: str, words: str) -> bool:
    return re.search(rf"\b(?:{words})\b", prompt, re.IGNORECASE) is not None
