"""What a file is, by its first bytes."""

from __future__ import annotations

from collections.abc import Callable

Kind = Callable[[bytes], bool]  # told the first bytes of a file: is it of the kind that was asked for?
ENOUGH_TO_KNOW = 12  # bytes from which the kind of a file is told


class WrongKindError(Exception):
    """The host sent some other file than was asked for."""


def is_video(start: bytes) -> bool:
    """MP4 and its relatives: the first box is `ftyp`."""
    return start[4:8] == b"ftyp"


def is_image(start: bytes) -> bool:
    """WebP, JPEG or PNG."""
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return is_webp or start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
