"""Connections over which only a few interim answers (1xx) may come before the answer itself.

httpcore reads all that have arrived in one go, without letting anything else run. Thousands fit into one read, and they
may go on for as long as an answer may take: 250 kilobytes a second keep the event loop busy.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

MOST = 10  # interim answers
STATUS = re.compile(rb"\nHTTP/1\.[01] (?P<kind>[1-5])\d\d")  # at the beginning of a line
LEFT = 12  # bytes at the end of a read that may be a part of one


class FewInterimAnswers(httpx.AsyncHTTPTransport):
    """Each connection is used for one request, and no proxy for any."""

    def __init__(self, certificates: ssl.SSLContext) -> None:
        super().__init__(verify=certificates, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=certificates,
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=_Backend(),
        )


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
        self._usual = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own name, as below)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._usual.connect_tcp(host, port, timeout, local_address, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._usual.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    """Counts them in what is read. Those that come in many small pieces are not found, and hold nobody up."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._interim = 0
        self._before = b"\n"
        self._has_answered = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Raises httpcore.RemoteProtocolError for too many."""
        data = await self._stream.read(max_bytes, timeout)
        if not self._has_answered:
            self._count(data)
        return data

    def _count(self, data: bytes) -> None:
        seen = self._before + data
        self._before = seen[-LEFT:]
        for found in STATUS.finditer(seen):
            if found["kind"] != b"1":
                self._has_answered = True
                return
            self._interim += 1
            if self._interim > MOST:
                raise httpcore.RemoteProtocolError("too many interim answers")

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
