"""Files as phones, browsers and image tools write them, made such that Pillow reads them. No pixel is touched.

Only what a picture can do without is left out, and only what its header promises is made up for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG_START = b"\x89PNG\r\n\x1a\n"
TEXT = frozenset({b"tEXt", b"zTXt", b"iTXt"})
TELLING = (b"Raw profile type exif\0", b"XML:com.adobe.xmp\0")  # where some tools note which way is up
MOST_TEXT = 1 << 20  # bytes of one of those, unpacked
MOST_PROFILE = 16 << 20  # bytes of a colour profile, unpacked; those of printers have a few million
MOST_MISSING = 8  # bytes at the end of a WebP; without more of them some of its picture would be lost


def tidied(data: bytes) -> bytes:
    """A PNG without what people and programs have written into it, a WebP with its very end; others as they are."""
    if data.startswith(PNG_START):
        return b"".join((PNG_START, *_needed(data)))
    return _to_its_end(data) if data.startswith(b"RIFF") else data


def _needed(data: bytes) -> Iterator[bytes]:
    """The chunks of a PNG that its picture needs. From the first that is not whole, all the rest."""
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
    """The compressed part of a text chunk; empty when nothing in it is compressed."""
    rest = content.partition(b"\0")[2]
    if name == b"zTXt":
        return rest[1:]
    return rest[2:].split(b"\0", 2)[-1] if rest[:1] == b"\1" else b""


def _unpacks_within(packed: bytes, most: int) -> bool:
    """Whether it is small enough. What cannot be unpacked at all is left for Pillow to pass over."""
    unpacking = zlib.decompressobj()
    try:
        unpacking.decompress(packed, most)
    except zlib.error:
        return True
    return not unpacking.unconsumed_tail


def _to_its_end(data: bytes) -> bytes:
    """A WebP with as many bytes as its header says, if nearly all of them are there."""
    missing = int.from_bytes(data[4:8], "little") + 8 - len(data)
    return data + bytes(missing) if 0 < missing <= MOST_MISSING else data
