"""Repairs files as phones, browsers and image tools write them, so that Pillow reads them. No pixel is changed.

It omits only what the picture doesn't need, and adds only what its header promises.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
TELLING = (b"Raw profile type exif\0", b"XML:com.adobe.xmp\0")  # where some tools note the orientation
MOST_TEXT = 1 << 20  # bytes of one of those, decompressed
MOST_PROFILE = 16 << 20  # bytes of a colour profile, decompressed; those of printers have a few million
MOST_MISSING = 8  # bytes at the end of a WebP; if more are missing, some of its picture would be lost


def tidied(data: bytes) -> bytes:
    """A PNG without added metadata, a WebP with its last bytes; other files are unchanged."""
    if data.startswith(PNG_START):
        return b"".join((PNG_START, *_needed(data)))
    return _to_its_end(data) if data.startswith(b"RIFF") else data


def _needed(data: bytes) -> Iterator[bytes]:
    """The chunks of a PNG that its picture needs. From the first incomplete one on, all the rest."""
    place = len(PNG_START)
    while place + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 12 + length
        if end > len(data):
            break
        if _is_needed(name, data[place + 8 : end - 4]):
            yield data[place:end]
        place = end
    yield data[place:]


def _is_needed(name: bytes, content: bytes) -> bool:
    if name == b"iCCP":
        return _unpacks_within(content.partition(b"\0")[2][1:], MOST_PROFILE)
    if name not in TEXT:
        return True
    if not content.startswith(TELLING) or len(content) > MOST_TEXT:
        return False
    return name == b"tEXt" or _unpacks_within(_packed_text(name, content), MOST_TEXT)


def _packed_text(name: bytes, content: bytes) -> bytes:
    """The compressed part of a text chunk; empty if nothing in it is compressed."""
    rest = content.partition(b"\0")[2]
    if name == b"zTXt":
        return rest[1:]
    return rest[2:].split(b"\0", 2)[-1] if rest[:1] == b"\1" else b""


def _unpacks_within(packed: bytes, most: int) -> bool:
    """Whether it is small enough. If it can't be decompressed at all, Pillow is left to skip it."""
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, most)
    except zlib.error:
        return True
    return not unpacking.unconsumed_tail


def _to_its_end(data: bytes) -> bytes:
    """A WebP with as many bytes as its header states, if nearly all of them are there."""
    missing = int.from_bytes(data[4:8], "little") + 8 - len(data)
    return data + bytes(missing) if 0 < missing <= MOST_MISSING else data
