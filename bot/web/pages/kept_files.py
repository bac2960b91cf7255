"""Stored files over HTTP: whole, and in the ranges that a player or an interrupted download asks for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path

from aiohttp import web

from bot.data_classes import wired
from bot.domain.errors import StoreAway
from bot.domain.ports.files import FileStore
from bot.network.drive import DRIVE, part_of
from bot.web.pages.document import GUARDS, NOT_KEPT, refusal
from bot.web.pages.phrases import DELETED, LATER, Writer

log = logging.getLogger(__name__)

KEPT_BY_BROWSERS = "private, max-age=60"  # seconds, which limits how long somebody who has lost access can still see it
KINDS = {".mp4": "video/mp4", ".webp": "image/webp", ".jpg": "image/jpeg"}
IN_PARTS = ".mp4"  # the others are small, and shown repeatedly
LONGEST_SIGNED = 3600.0  # seconds that a signed address of the store is valid: a player keeps using it
SHORTEST_SIGNED = 1  # likewise, at least
Read = Callable[[int, int], Awaitable[bytes]]  # so many bytes from there on
BLOCK = 2 * 1024 * 1024  # bytes read at once: the first ones arrive soon, and a visitor may leave


@wired
class FilePages:
    """`redirects`: players are redirected to the store itself, if it can sign addresses."""

    files: FileStore
    write: Writer = str
    redirects: bool = False

    async def answer(self, request: web.Request, key: str, open_for: float = LONGEST_SIGNED) -> web.StreamResponse:
        """A video in an object store is read from there while it is watched, not fetched as a whole first.

        `open_for`: how many more seconds the visitor may see it. No signed address is valid for longer.
        """
        headers = GUARDS | {"Content-Type": KINDS[Path(key).suffix], "Cache-Control": KEPT_BY_BROWSERS}
        try:
            if key.endswith(IN_PARTS) or _is_in_other_units(request):
                found = await self.files.look(key)
                if (address := await self._address(request, key, open_for)) is not None:
                    raise web.HTTPFound(address, headers=NOT_KEPT)
                if found.path is None or _is_in_other_units(request):
                    return await _in_parts(request, partial(self.files.part, key), found.size, headers)
            async with self.files.local(key) as path:
                return await _from_disk(request, path, key, headers)
        except FileNotFoundError:
            raise refusal(request, web.HTTPGone, DELETED, self.write) from None
        except StoreAway as away:
            log.warning("a page could not be served: %s", away.sentence)
            raise refusal(request, web.HTTPServiceUnavailable, LATER, self.write) from None

    async def _address(self, request: web.Request, key: str, open_for: float) -> str | None:
        """The address of the video in the store, for a player in a browser.

        Downloads are streamed: on another site, that site would decide on the file's name and handling.
        """
        seconds = int(min(open_for, LONGEST_SIGNED))
        if not self.redirects or seconds < SHORTEST_SIGNED or request.headers.get("Sec-Fetch-Dest") != "video":
            return None
        return await self.files.signed(key, seconds)


async def _from_disk(request: web.Request, path: Path, key: str, headers: dict[str, str]) -> web.StreamResponse:
    """Not by aiohttp's FileResponse: that reads in the event loop, which a hung drive would stop."""
    size = (await DRIVE.quick(path.stat)).st_size
    etag = hashlib.sha256(key.encode()).hexdigest()[:16]  # what is kept under a key never changes
    headers = headers | {"ETag": f'"{etag}"'}
    if any(each.value in (etag, "*") for each in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return await _in_parts(request, lambda start, length: DRIVE.quick(part_of, path, start, length), size, headers)


async def _in_parts(request: web.Request, read: Read, size: int, headers: dict[str, str]) -> web.StreamResponse:
    start, stop = _wanted(request, size)
    blocks = _blocks(read, start, stop)
    first = await anext(blocks)  # before anything is sent
    answer = web.StreamResponse(headers=headers | {"Accept-Ranges": "bytes"})
    answer.content_length = stop - start
    if "Range" in request.headers and not _is_in_other_units(request):
        answer.set_status(206)
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    await answer.prepare(request)
    if request.method != "HEAD":
        await _send(request, answer, first, blocks)
    return answer


async def _blocks(read: Read, start: int, stop: int) -> AsyncIterator[bytes]:
    for at in range(start, stop, BLOCK):
        yield await read(at, min(BLOCK, stop - at))


async def _send(request: web.Request, answer: web.StreamResponse, first: bytes, others: AsyncIterator[bytes]) -> None:
    try:
        await answer.write(first)
        async for block in others:
            await answer.write(block)
        await answer.write_eof()
    except ConnectionError:
        return  # the visitor has left
    except (FileNotFoundError, StoreAway) as error:
        log.warning("a video broke off on its way: %s", error)
        if request.transport is not None:
            request.transport.close()  # browsers resume from where it stopped


def _is_in_other_units(request: web.Request) -> bool:
    """Whether the range is not in bytes, in which case it is to be ignored (RFC 9110, 14.2)."""
    unit, is_range, _ = request.headers.get("Range", "").partition("=")
    return bool(is_range) and unit.strip().lower() != "bytes"


def _wanted(request: web.Request, size: int) -> tuple[int, int]:
    """The first byte, and the one after the last. Raises 416 if the file has none of them."""
    if _is_in_other_units(request):
        return 0, size
    try:
        start, stop, _ = request.http_range.indices(size)
    except ValueError:
        start = stop = 0
    if start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable(headers=GUARDS | {"Content-Range": f"bytes */{size}"})
    return start, stop
