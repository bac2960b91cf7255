"""Reading an answer to its end, but no further than it is worth: a small one may unpack to gigabytes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Mapping

from bot.providers.common.response import LostError, Response

QUICK_TO_PARSE = 256 * 1024  # bytes; parsing more would hold up the event loop for milliseconds


async def read_body(chunks: AsyncIterable[bytes], most: int) -> bytes:
    """All of it, unpacked. Raises LostError for more bytes than `most`."""
    parts, size = list[bytes](), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise LostError(f"an answer of more than {most // 1024**2:,} MiB")
        parts.append(chunk)
    return b"".join(parts)


async def response_of(status: int, headers: Mapping[str, str], body: bytes, *secrets: str) -> Response:
    """As `Response.of`; a large body is parsed off the event loop."""
    if len(body) <= QUICK_TO_PARSE:
        return Response.of(status, headers, body.decode(errors="replace"), *secrets)
    return await asyncio.to_thread(lambda: Response.of(status, headers, body.decode(errors="replace"), *secrets))
