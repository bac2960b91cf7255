"""Decompresses responses one block at a time.

httpx decompresses a whole chunk at once, as many times as the host says it was compressed: with two layers, three
thousand bytes become gigabytes before anybody can count them.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

PACKED = {"Accept-Encoding": "gzip"}  # asks only for what can be decompressed here
KNOWN = frozenset({"gzip", "x-gzip", "deflate"})
ANY_FORM = zlib.MAX_WBITS | 32  # gzip or zlib, detected automatically
BLOCK = 256 * 1024  # bytes decompressed at a time


async def content_of(response: httpx.Response) -> AsyncIterator[bytes]:
    """The decompressed body. Unknown encodings are ignored, as httpx does.

    A piece that decompresses to nothing is an empty block: whoever measures the speed has to hear about it.

    Raises httpx.HTTPError, also for two layers of compression.
    """
    packed = _ways(response)
    if len(packed) > 1:
        raise httpx.DecodingError("it is packed more than once")
    unpack = zlib.decompressobj(ANY_FORM) if packed else None
    async for piece in response.aiter_raw():
        if unpack is None:
            yield piece
            continue
        for block in _blocks(unpack, piece):
            yield block
    if unpack is not None and (last := unpack.flush()):
        yield last


def _ways(response: httpx.Response) -> list[str]:
    said = response.headers.get_list("content-encoding", split_commas=True)
    return [way for each in said if (way := each.strip().lower()) in KNOWN]


def _blocks(unpack: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    if unpack.eof:
        yield b""
    try:
        while piece and not unpack.eof:
            block = unpack.decompress(piece, BLOCK)
            piece = unpack.unconsumed_tail
            yield block
    except zlib.error as error:
        raise httpx.DecodingError(str(error)) from None
