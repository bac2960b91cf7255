"""Width and height from the first bytes of a file, and the kind of file that a name promises."""

from __future__ import annotations

import struct

KINDS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json; charset=utf-8",
}


def kind_of(filename: str) -> str:
    """The content type that Discord assumes: only the file extension counts."""
    return KINDS.get(filename.rpartition(".")[2].lower(), "application/octet-stream")


def ending_of(data: bytes) -> str:
    """The usual extension for a picture or video, from its first bytes."""
    if data.startswith(b"\x89PNG"):
        return "png"
    if data.startswith(b"\xff\xd8"):
        return "jpg"
    if data.startswith(b"GIF8"):
        return "gif"
    if data[8:12] == b"WEBP":
        return "webp"
    return "mp4" if data[4:8] == b"ftyp" else "bin"


def dimensions(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels, or None if the file does not say."""
    reader = {"png": _png, "jpg": _jpeg, "gif": _gif, "webp": _webp, "mp4": _mp4}.get(ending_of(data))
    try:
        return reader(data) if reader else None
    except (struct.error, IndexError):
        return None


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while data[at] == 0xFF:
        marker, length = struct.unpack_from(">xBH", data, at)
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + length
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", data, 26)
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case _:
            return None


def _mp4(data: bytes) -> tuple[int, int] | None:
    at = data.find(b"tkhd")
    while at > 4:
        (length,) = struct.unpack_from(">I", data, at - 4)
        width, height = struct.unpack_from(">II", data, at - 4 + length - 8)  # 16.16 fixed point
        if width and height:  # a sound track has none
            return width >> 16, height >> 16
        at = data.find(b"tkhd", at + 4)
    return None
