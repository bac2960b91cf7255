"""Converts between a resolution with an aspect ratio, as services use them, and our sizes in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.video import Size

SHORT_SIDES: Mapping[str, int] = {  # pixels; the resolutions that the API knows (1K is for still pictures)
    "360p": 360,
    "480p": 480,
    "540p": 540,
    "720p": 720,
    "768p": 768,
    "1080p": 1080,
    "2K": 1440,
    "4K": 2160,
}
RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21")


def size_of(resolution: str, ratio: str) -> Size | None:
    """The size that a resolution and a ratio stand for; None if unknown.

    The video may differ by some pixels: each model has its own dimensions for "480p".
    """
    short = SHORT_SIDES.get(resolution)
    return None if short is None or ratio not in RATIOS else sides(short, ratio)


def sides(short: int, ratio: str) -> Size:
    """The size whose shorter side has so many pixels."""
    across, down = (int(part) for part in ratio.split(":"))
    long = 2 * round(short * max(across, down) / min(across, down) / 2)  # encoders require even sides
    return Size(long, short) if across >= down else Size(short, long)


def _table() -> Mapping[Size, tuple[str, str]]:
    shapes = {(resolution, ratio): size_of(resolution, ratio) for resolution in SHORT_SIDES for ratio in RATIOS}
    return MappingProxyType({size: shape for shape, size in shapes.items() if size is not None})


SHAPES = _table()


def shape_of(size: Size) -> tuple[str, str] | None:
    """The resolution and the ratio that a size was derived from; None if it comes from a model's own list of sizes."""
    return SHAPES.get(size)
