"""Finished files, from wherever a host keeps them, onto our disk. The key goes to the host itself and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import urljoin

import httpx

from bot.domain.errors import Unavailable
from bot.providers.common.endpoint import Host, host_of
from bot.providers.common.response import Response
from bot.providers.common.transport import Kind, Timeouts, WrongKindError

for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.WARNING)  # they log whole addresses, and a signed one opens the file

MOST_HOPS = 5  # redirects
LONGEST_TEXT = 256 * 1024  # bytes of an answer that is not the file
ENOUGH_TO_KNOW = 12  # bytes from which the kind of a file is told


trusted = cache(httpx.create_ssl_context)  # the certificates, read once: 50 ms


class Downloads:
    """Fetches for one host."""

    def __init__(self, host: Host, timeouts: Timeouts) -> None:
        self._host = host
        self._timeouts = timeouts
        timeout = httpx.Timeout(timeouts.silence, connect=timeouts.connect)
        self._client = httpx.AsyncClient(verify=trusted(), timeout=timeout, follow_redirects=False)

    async def save(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """As `Line.download`. Follows redirects."""
        try:
            for _ in range(MOST_HOPS):
                outcome = await self._hop(url, target, is_wanted)
                if not isinstance(outcome, str):
                    return outcome
                url = outcome
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            trouble = type(error).__name__  # its text may hold a signed address
            raise Unavailable(f"The file did not arrive whole from {host_of(url)} ({trouble}).") from None
        except OSError as error:
            raise Unavailable(f"The file could not be written to disk: {error.strerror}.") from error
        raise Unavailable(f"{self._host.name} sends a download round in circles.")

    async def close(self) -> None:
        await self._client.aclose()

    async def _hop(self, url: str, target: Path, is_wanted: Kind) -> Response | str | None:
        """One request: where to go on, or as in `save`."""
        if not self._host.may_fetch(url):
            raise Unavailable(f"{self._host.name} keeps the file at {host_of(url)} without encryption, so it stays.")
        headers = self._host.credentials if self._host.is_own(url) else {}
        async with self._client.stream("GET", url, headers=headers) as response:
            if response.has_redirect_location:
                return urljoin(url, response.headers["location"])
            if response.status_code != httpx.codes.OK or "json" in response.headers.get("content-type", ""):
                return Response.of(response.status_code, response.headers, await _text_of(response))
            async with _File(target) as file:
                await self._pour(response, file, is_wanted)
            return None

    async def _pour(self, response: httpx.Response, file: _File, is_wanted: Kind) -> None:
        """All bytes into the file. That they are as many as were promised is seen to by httpx."""
        meter, start, is_known = _Meter(self._timeouts), b"", False
        meter.check_total(int(response.headers.get("content-length", "0")))
        async for chunk in response.aiter_bytes():
            meter.count(len(chunk))
            if not is_known:
                start += chunk
                is_known = len(start) >= ENOUGH_TO_KNOW
                if is_known and not is_wanted(start):
                    raise WrongKindError
            await file.write(chunk)
        if not is_known:
            raise WrongKindError


class _File:
    """A file written off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO

    async def __aenter__(self) -> Self:
        # Not in a thread: a file that is opened there while the download is cancelled would stay open.
        self._file = _opened(self._path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._file.close)

    async def write(self, data: bytes) -> None:
        await asyncio.to_thread(self._file.write, data)


def _opened(path: Path) -> BinaryIO:
    return path.open("wb")


class _Meter:
    """Stops what is too large or too slow."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._clock = asyncio.get_running_loop().time
        self._total = self._in_window = 0
        self._window_began = self._clock()

    def count(self, size: int) -> None:
        """Raises Unavailable."""
        self._total += size
        self._in_window += size
        self.check_total(self._total)
        if self._clock() - self._window_began >= self._timeouts.window:
            if self._in_window < self._timeouts.least_bytes:
                raise Unavailable("The file came so slowly that the download was given up for now.")
            self._window_began, self._in_window = self._clock(), 0

    def check_total(self, total: int) -> None:
        """Raises Unavailable for a file of more bytes than are taken."""
        if total > self._timeouts.most_bytes:
            raise Unavailable(
                f"The file is larger than {self._timeouts.most_bytes // 1024**2:,} MiB, so it was not taken."
            )


async def _text_of(response: httpx.Response) -> str:
    data = b""
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) >= LONGEST_TEXT:
            break
    return data[:LONGEST_TEXT].decode(errors="replace")
