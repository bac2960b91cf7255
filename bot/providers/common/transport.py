"""What an adapter needs between itself and its host, without the libraries that do it: those load on first use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from bot.providers.common.endpoint import Host
from bot.providers.common.response import Response

SdkCall = Callable[[Any], Awaitable[Any]]  # given the SDK's client, makes one request and returns its raw response
Kind = Callable[[bytes], bool]  # told the first bytes of a file: is it of the kind that was asked for?


class WrongKindError(Exception):
    """The host sent some other file than was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a host is waited for (seconds), and how much and how slow a download may be."""

    connect: float = 5.0
    submit: float = 60.0  # a paid request in all
    render: float = 1800.0  # likewise, from a host that answers when the video is made
    look: float = 30.0  # any other question in all
    silence: float = 30.0  # within a download, without a single byte
    window: float = 30.0  # within a download, in which at least so many bytes must arrive:
    least_bytes: int = 480 * 1024  # 16 KiB/s; slower than that it drips, on purpose or by accident
    most_bytes: int = 2 * 1024**3  # in all


class Transport(Protocol):
    async def ask(self, call: SdkCall, seconds: float) -> Response:
        """Carry out one call of the SDK within so many seconds. Raises NotSentError or LostError."""
        ...

    async def download(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """Write the file at `url` to `target`; None when it is there, else what the host answered instead.

        Raises WrongKindError, and Unavailable for everything that another try may cure.
        """
        ...

    async def close(self) -> None: ...


class JsonTransport(Protocol):
    async def ask(
        self, method: str, path: str, seconds: float, *, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One request to `path` below the host's address within so many seconds. Raises NotSentError or LostError."""
        ...

    async def download(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """As `Line.download`."""
        ...

    async def close(self) -> None: ...


class Closable(Protocol):
    async def close(self) -> None: ...


L = TypeVar("L", bound=Closable)


class OnFirstUse(Generic[L]):
    """A line that is opened when it is first needed, off the event loop: its libraries take up to a second to load."""

    def __init__(self, opened: Callable[[], L]) -> None:
        self._opened = opened
        self._opening = asyncio.Lock()
        self._transport: L | None = None

    async def get(self) -> L:
        async with self._opening:
            if self._transport is None:
                self._transport = await asyncio.to_thread(self._opened)
            return self._transport

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.close()


def open_json_transport(host: Host, timeouts: Timeouts) -> JsonTransport:
    """A line for dialects in plain JSON, for `OnFirstUse`."""
    from bot.providers.common.http import HttpTransport  # noqa: PLC0415 - 0.2 s, which the bot's start should not wait for

    return HttpTransport(host, timeouts)


def is_video(start: bytes) -> bool:
    """MP4 and its relatives, whose first box is `ftyp`; WebM, AVI, FLV, GIF or Ogg, of which an MP4 is made."""
    is_avi = start[:4] == b"RIFF" and start[8:12] == b"AVI "
    return start[4:8] == b"ftyp" or is_avi or start.startswith((b"\x1a\x45\xdf\xa3", b"FLV\x01", b"GIF8", b"OggS"))


def is_image(start: bytes) -> bool:
    """WebP, JPEG or PNG."""
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return is_webp or start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
