"""Mountains far away, hills with trees nearby; haze makes each paler towards its foot."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from bot.data_classes import value_object
from bot.sandbox.video.painting.layers import CAMERA, Layer, gradient
from bot.sandbox.video.painting.palettes import Colour, Palette, mixed

COUNT = 4
SMOOTH = 2  # the crest is painted so many times larger, then scaled down
STEP = 3  # pixels between two points of a crest
TREES = 0.05  # height of the nearest ones, of the picture's height
TIERS = 4  # per tree
SPECKS = 0.6  # depth up to which trees would be too small to be visible
WOODED_SHARE = 0.7  # of all lands

Point = tuple[float, float]


@value_object(kw_only=False)
class Ridge:
    """The part with the skyline, and the part below it, which looks the same everywhere."""

    crest: Layer
    foot: Image.Image


@value_object
class Land:
    """One landscape: with crags (1) or dunes (0), with trees or without."""

    size: tuple[int, int]
    seconds: float
    palette: Palette
    crags: float
    is_wooded: bool

    def ridge(self, depth: float, chance: random.Random) -> Ridge:
        """One ridge; depth 0 is the farthest, 1 the nearest."""
        wide, high = self.size
        speed = (0.15 + 0.85 * depth**1.5) * CAMERA * wide
        width = wide + math.ceil(speed * self.seconds) + 1
        trees = TREES * depth * high if self.is_wooded and depth > SPECKS else 0.0
        sway, room = (0.16 - 0.09 * depth) * high, 1.3 * trees
        top = round((0.46 + 0.34 * depth) * high - sway - room)
        height = min(round(2 * sway + room), high - top)
        line = skyline(width, sway, high * (0.9 - 0.35 * depth), self.crags * (1 - depth), chance)
        shape = outline((width, height), [(x, y + room) for x, y in line], trees, chance)
        paint = gradient((width, high - top), self._colours(depth))
        crest = Layer(paint.crop((0, 0, width, height)), shape, top, speed)
        return Ridge(crest, paint.crop((0, height, wide, paint.height)))

    def _colours(self, depth: float) -> tuple[Colour, Colour, Colour]:
        body = self.palette.land(depth)
        pale = mixed(body, self.palette.horizon, 0.5 * (1 - depth) + 0.06)
        return body, mixed(body, pale, 0.6), pale


def ridges(size: tuple[int, int], seconds: float, palette: Palette, chance: random.Random) -> list[Ridge]:
    """All ridges of a picture, from far to near."""
    crags, is_wooded = chance.uniform(0.15, 1.0), chance.random() < WOODED_SHARE
    land = Land(size=size, seconds=seconds, palette=palette, crags=crags, is_wooded=is_wooded)
    return [land.ridge(place / (COUNT - 1), chance) for place in range(COUNT)]


def skyline(width: int, sway: float, wavelength: float, rough: float, chance: random.Random) -> Iterator[Point]:
    """Points along a crest between 0 and 2 × `sway`: a few waves, and crags if it is rough."""
    waves = [(1.0, 1.0), (0.5, 2.3), (0.22 + 0.2 * rough, 5.1), (0.14 * rough, 13.0), (0.07 * rough, 31.0)]
    phases = [chance.uniform(0, math.tau) for _ in waves]
    most = sum(height for height, _ in waves)
    for x in range(0, width + STEP, STEP):
        turn = math.pi * x / wavelength
        y = sum(height * wave(turn * pace + p, rough) for (height, pace), p in zip(waves, phases, strict=True))
        yield x, sway * (1 - y / most)


def wave(turn: float, rough: float) -> float:
    """Between -1 and 1: round if smooth, pointed if rough."""
    pointed = 4 * abs(math.asin(math.sin(turn))) / math.pi - 1
    return rough * pointed + (1 - rough) * math.sin(turn)


def outline(size: tuple[int, int], line: Sequence[Point], trees: float, chance: random.Random) -> Image.Image:
    """The mask of a ridge: everything below its skyline, and its trees."""
    shape = Image.new("L", (size[0] * SMOOTH, size[1] * SMOOTH), 0)
    draw = ImageDraw.Draw(shape)
    edge = [(x * SMOOTH, y * SMOOTH) for x, y in line]
    draw.polygon([(0, shape.height), *edge, (shape.width, shape.height)], fill=255)
    if trees:
        plant(draw, edge, trees * SMOOTH, chance)
    return shape.resize(size, Image.Resampling.BOX)


def plant(draw: ImageDraw.ImageDraw, edge: Sequence[Point], tall: float, chance: random.Random) -> None:
    """Conifers in groups along a crest."""
    thick = 0.0
    for x, y in edge[:: max(1, round(tall / 10))]:
        thick = min(1.0, max(-0.6, thick + chance.uniform(-0.35, 0.35)))
        if chance.random() < thick:
            conifer(draw, x, y + 3, tall * chance.uniform(0.5, 1.25))


def conifer(draw: ImageDraw.ImageDraw, x: float, foot: float, tall: float) -> None:
    for tier in range(TIERS):
        bottom = foot - tall * 0.22 * tier
        half = tall * (0.24 - 0.05 * tier)
        draw.polygon([(x - half, bottom), (x + half, bottom), (x, bottom - tall * 0.38)], fill=255)
