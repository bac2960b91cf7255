"""What kind of file this is, by its first bytes, and how a picture is encoded as text."""

from __future__ import annotations

import base64
from collections.abc import Callable

Kind = Callable[[bytes], bool]  # given the first bytes of a file: is it of the requested kind?
ENOUGH_TO_KNOW = 12  # bytes that are enough to recognise a file


def is_answer(start: bytes) -> bool:
    """JSON, whatever its declared type: no file begins like this."""
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"{", b"["))


class WrongKindError(Exception):
    """The host sent a different kind of file than requested."""


def is_video(start: bytes) -> bool:
    """MP4 and its relatives, whose first box is `ftyp`; WebM, AVI, FLV, GIF or Ogg, of which an MP4 is made."""
    is_avi = start[:4] == b"RIFF" and start[8:12] == b"AVI "
    return start[4:8] == b"ftyp" or is_avi or start.startswith((b"\x1a\x45\xdf\xa3", b"FLV\x01", b"GIF8", b"OggS"))


def is_image(start: bytes) -> bool:
    """WebP, JPEG or PNG."""
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return is_webp or start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def data_uri(png: bytes) -> str:
    """A picture as JSON carries it."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
