"""Detects what kind of video file this is, by its first bytes. A name or a declared type is never trusted."""

from __future__ import annotations

import re
from pathlib import Path

MP4 = "mp4"  # and related formats
ENOUGH_TO_KNOW = 12  # bytes
OTHERS = (  # FFmpeg's names for their demuxers
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),  # WebM too
    ("avi", re.compile(rb"RIFF....AVI ", re.DOTALL)),
    ("flv", re.compile(rb"FLV\x01")),
    ("gif", re.compile(rb"GIF8[79]a")),
    ("ogg", re.compile(rb"OggS")),
)


def kind_of(video: Path) -> str:
    """MP4 too for anything unknown. Raises OSError if it cannot be read."""
    with video.open("rb") as file:
        start = file.read(ENOUGH_TO_KNOW)
    return next((kind for kind, pattern in OTHERS if pattern.match(start)), MP4)
