"""Downloads finished files, from wherever a host keeps them. The key is sent to the host itself and nowhere else."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import urljoin

import httpx

from bot.domain.errors import Unavailable
from bot.domain.messages import Bytes, Foreign, Term, msg
from bot.network.certificates import trusted
from bot.network.drive import DRIVE
from bot.network.names import Resolve, resolved
from bot.network.unpacking import PACKED, content_of
from bot.providers.common.endpoint import Endpoint, host_of
from bot.providers.common.file_kinds import ENOUGH_TO_KNOW, Kind, WrongKindError, is_answer
from bot.providers.common.outcome import unwritable
from bot.providers.common.public_addresses import PublicAddresses
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts

WHOLE = frozenset({httpx.codes.OK, httpx.codes.NON_AUTHORITATIVE_INFORMATION})
ALL_OF_IT = re.compile(r"bytes 0-(?P<last>\d{1,15})/(?P<total>\d{1,15})")
MOST_HOPS = 5  # redirects
LONGEST_TEXT = 256 * 1024  # bytes of an answer that is not the file


class Downloads:
    """Fetches for one account."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts, resolve: Resolve = resolved) -> None:
        self._endpoint = endpoint
        self._places = PublicAddresses(endpoint, resolve)
        self._timeouts = timeouts
        timeout = httpx.Timeout(timeouts.silence, connect=timeouts.connect)
        self._client = httpx.AsyncClient(headers=PACKED, verify=trusted(), timeout=timeout, follow_redirects=False)

    async def save(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """Write the file at `url` to `target`; None if it is there, otherwise what the host answered instead.

        Follows redirects. Raises WrongKindError, OutOfBounds, and Unavailable for everything that another attempt may
        fix.
        """
        try:
            for _ in range(MOST_HOPS):
                outcome = await self._hop(url, target, is_wanted)
                if not isinstance(outcome, str):
                    return outcome
                url = outcome
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            trouble = type(error).__name__  # its text may hold a signed address
            where = Foreign(host_of(url))
            raise Unavailable(
                msg("The file from {host} didn't arrive whole ({trouble}).", host=where, trouble=Term(trouble))
            ) from None
        except OSError as error:
            raise unwritable(error) from error
        raise Unavailable(msg("{service} redirects the download in circles.", service=self._endpoint.label))

    async def close(self) -> None:
        await self._client.aclose()

    async def _hop(self, url: str, target: Path, is_wanted: Kind) -> Response | str | None:
        """One request: where to go next, or as in `save`."""
        await self._places.check(url)
        async with self._answered(url) as response:
            await self._places.check_peer(url, _peer_of(response))
            if response.has_redirect_location:
                return _onward(url, response.headers["location"])
            content = _Meter(self._timeouts).metered(content_of(response))
            if not _is_whole(response):
                return await self._answer(response, content)
            return await self._file_or_answer(response, content, target, is_wanted)

    @asynccontextmanager
    async def _answered(self, url: str) -> AsyncIterator[httpx.Response]:
        """The head of the answer has to be complete in time: it may go on as endlessly as the rest, after 103s as well.

        Raises httpx.HTTPError.
        """
        headers = self._endpoint.credentials if self._endpoint.is_own(url) else {}
        request = self._client.build_request("GET", url, headers=headers)
        try:
            async with asyncio.timeout(self._timeouts.connect + self._timeouts.silence):
                response = await self._client.send(request, stream=True)
        except TimeoutError:
            raise httpx.ReadTimeout("its head does not end", request=request) from None
        try:
            yield response
        finally:
            await response.aclose()

    async def _file_or_answer(
        self, response: httpx.Response, content: AsyncIterator[bytes], target: Path, is_wanted: Kind
    ) -> Response | None:
        """Its first bytes tell what it is: its type may be wrong or missing."""
        start = await _start_of(content)
        if len(start) >= ENOUGH_TO_KNOW and is_wanted(start):
            _check_total(int(response.headers.get("content-length", "0")), self._timeouts)
            async with _File(target) as file:
                await file.write(start)
                async for chunk in content:  # httpx makes sure that they are as many as announced
                    await file.write(chunk)
            return None
        if "json" in response.headers.get("content-type", "") or is_answer(start):
            return await self._answer(response, content, start)
        raise WrongKindError

    async def _answer(self, response: httpx.Response, content: AsyncIterator[bytes], start: bytes = b"") -> Response:
        text = await _text_of(content, start)
        return Response.of(response.status_code, response.headers, text, *self._endpoint.secrets)


def _is_whole(response: httpx.Response) -> bool:
    """Some servers call the whole file a part although nobody asked for one (putyy/res-downloader#360)."""
    if response.status_code != httpx.codes.PARTIAL_CONTENT:
        return response.status_code in WHOLE
    part = ALL_OF_IT.fullmatch(response.headers.get("content-range", "").strip())
    return part is not None and int(part["last"]) + 1 == int(part["total"])


async def _start_of(content: AsyncIterator[bytes]) -> bytes:
    """Enough to recognise it, or all there is."""
    start = b""
    async for chunk in content:
        start += chunk
        if len(start) >= ENOUGH_TO_KNOW:
            break
    return start


class _File:
    """A file written outside the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._turn = threading.Lock()  # a download that is stopped closes the file only once its last write is over

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await DRIVE.run(self._close)

    async def write(self, data: bytes) -> None:
        await DRIVE.run(self._write, data)

    def _write(self, data: bytes) -> None:
        with self._turn:
            self._file = self._file or _opened(self._path)
            self._file.write(data)

    def _close(self) -> None:
        with self._turn:
            if self._file is not None:
                self._file.close()


def _opened(path: Path) -> BinaryIO:
    return path.open("wb")


class _Meter:
    """Stops what is too large or too slow."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._clock = asyncio.get_running_loop().time
        self._total = self._in_window = 0
        self._window_began = self._clock()

    async def metered(self, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Raises Unavailable."""
        async for chunk in content:
            self._count(len(chunk))
            yield chunk

    def _count(self, size: int) -> None:
        self._total += size
        self._in_window += size
        _check_total(self._total, self._timeouts)
        if self._clock() - self._window_began >= self._timeouts.window:
            if self._in_window < self._timeouts.least_bytes:
                raise Unavailable(msg("The download was too slow and was stopped for now."))
            self._window_began, self._in_window = self._clock(), 0


def _check_total(total: int, timeouts: Timeouts) -> None:
    """Raises Unavailable for a file above the size limit."""
    if total > timeouts.most_bytes:
        most = Bytes(timeouts.most_bytes)
        raise Unavailable(msg("The file is larger than {most}, so it wasn't downloaded.", most=most))


def _peer_of(response: httpx.Response) -> str | None:
    """The IP address at the other end; None if unknown."""
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream else None
    return str(address[0]) if isinstance(address, tuple) and address else None


def _onward(url: str, location: str) -> str:
    """Raises Unavailable for an invalid address."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise Unavailable(
            msg("{host} redirects the download to an invalid address.", host=Foreign(host_of(url)))
        ) from None


async def _text_of(content: AsyncIterator[bytes], data: bytes) -> str:
    async for chunk in content:
        data += chunk
        if len(data) >= LONGEST_TEXT:
            break
    return data[:LONGEST_TEXT].decode(errors="replace")
