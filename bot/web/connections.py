"""Limits on connections to the web server: how many there may be, and how long one may be idle.

Every connection takes a file descriptor, and the bot needs some for Discord, the services and its files. So the web
server gets only a share of them, however often somebody connects.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.data_classes import value_object

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

MOST = 512  # connections at once
SHARE = 4  # one in so many descriptors is for the web server
BACKLOG = 32  # connections accepted at once: each holds a descriptor until it is handled
BETWEEN_LINES = 60.0  # seconds between two log lines about the same thing
MOST_RECEIVED = 96 * 1024  # bytes of one request: the largest is a webhook of 64 KiB
AT_ONCE = 4 * 1024  # bytes read at once; asyncio would read 256 KiB, which take 300 ms to parse if they are tiny pieces
NO_DESCRIPTOR = "socket.accept() out of system resource"  # asyncio's words


@value_object
class ConnectionLimits:
    """How many connections there may be, in all and per public address, and their time-outs in seconds.

    Private addresses count only towards the total: they may be a reverse proxy with all its visitors.
    """

    total: int
    per_address: int
    first_request: float = 10.0  # for the whole head of the first request
    idle: float = 75.0  # between two requests; longer than the 60 seconds of most reverse proxies
    stalled: float = 120.0  # until the other side accepts what was sent

    @classmethod
    def of_this_machine(cls) -> ConnectionLimits:
        """The web server's share of the descriptors of this process."""
        most = MOST
        if sys.platform != "win32":
            descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            most = min(MOST, descriptors // SHARE) if descriptors != resource.RLIM_INFINITY else MOST
        total = max(most, SHARE)
        return cls(total=total, per_address=max(total // SHARE, 1))


class Counted:
    """Combines many events of a kind in one log line from time to time."""

    def __init__(self, words: str) -> None:
        self._words = words  # with a %d for the number since the last line
        self._count = 0
        self._next = float("-inf")

    def happened(self, now: float) -> None:
        self._count += 1
        if now >= self._next:
            log.warning(self._words, self._count)
            self._count, self._next = 0, now + BETWEEN_LINES


class Doorway:
    """Counts the open connections."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._inside: Counter[str] = Counter()
        self._refused = Counted(
            f"there are {limits.total} connections to the web pages, or {limits.per_address} from one address: "
            "closed %d more"
        )

    def enters(self, origin: str, now: float) -> bool:
        """Whether one more connection from this address is allowed; it is counted then."""
        is_full = self._inside.total() >= self.limits.total
        if is_full or (not _is_private(origin) and self._inside[origin] >= self.limits.per_address):
            self._refused.happened(now)
            return False
        self._inside[origin] += 1
        return True

    def leaves(self, origin: str) -> None:
        self._inside[origin] -= 1
        if not self._inside[origin]:
            del self._inside[origin]


class GuardedConnection(web.RequestHandler):
    """A connection handled by aiohttp, closed if there are too many, or if it is idle for too long."""

    __slots__ = ("_doorway", "_origin", "_received", "_too_late")

    def __init__(self, server: web.Server, doorway: Doorway) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=doorway.limits.idle,
            auto_decompress=False,  # a megabyte that anybody sends, also where no body is read, may become a gigabyte
            access_log=no_access_log,
            logger=unreadable_requests,
        )
        self._doorway = doorway
        self._origin: str | None = None  # set while it is counted
        self._too_late: asyncio.TimerHandle | None = None
        self._received = 0  # bytes of the current request

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop, origin = asyncio.get_running_loop(), _origin_of(transport)
        if not self._doorway.enters(origin, loop.time()):
            self.transport = None
            _abort(transport)
            return
        self._origin = origin
        self._too_late = loop.call_later(self._doorway.limits.first_request, _abort, transport)
        _let_go_of_stalled(transport, self._doorway.limits.stalled)
        _read_little_at_once(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > MOST_RECEIVED and self.transport is not None:
            _abort(self.transport)
        else:
            super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._origin is None:
            return
        self.has_asked()
        self._doorway.leaves(self._origin)
        self._origin = None
        super().connection_lost(exc)

    def has_asked(self) -> None:
        """Called when the head of a request has arrived."""
        self._received = 0
        if self._too_late is not None:
            self._too_late.cancel()


async def listen(runner: web.AppRunner, host: str, port: int, limits: ConnectionLimits) -> asyncio.Server:
    """Serve the application of a runner that is set up. Raises OSError if the address is not available."""
    doorway, server = Doorway(limits), runner.server
    if server is None:
        raise RuntimeError("the runner is not set up")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_without_storm(loop.get_exception_handler()))
    return await loop.create_server(lambda: GuardedConnection(server, doorway), host, port, backlog=BACKLOG)


Context = dict[str, Any]
Handler = Callable[[asyncio.AbstractEventLoop, Context], object]


def _without_storm(before: Handler | None) -> Handler:
    """Count asyncio's errors about missing descriptors instead of logging them: it reports a hundred at a time."""
    no_descriptor = Counted("no file descriptor is left: %d connections to the web pages had to wait")

    def handle(loop: asyncio.AbstractEventLoop, context: Context) -> None:
        if context.get("message") == NO_DESCRIPTOR:
            no_descriptor.happened(loop.time())
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    return handle


class _CountedOnly(logging.Filter):
    """aiohttp logs a traceback for each unreadable request; errors of our own are logged where they occur."""

    def __init__(self) -> None:
        super().__init__()
        self._unreadable = Counted("%d requests to the web pages could not be read")

    def filter(self, _record: logging.LogRecord) -> bool:
        self._unreadable.happened(time.monotonic())
        return False


no_access_log = logging.getLogger(f"{__name__}.access")
no_access_log.setLevel(logging.WARNING)
unreadable_requests = logging.getLogger(f"{__name__}.requests")
unreadable_requests.addFilter(_CountedOnly())


def _origin_of(transport: asyncio.BaseTransport) -> str:
    """The address, or for IPv6 the network (/64), which one household or server has."""
    peer = transport.get_extra_info("peername")
    try:
        address = ipaddress.ip_address(peer[0].partition("%")[0])
    except (TypeError, IndexError, ValueError):
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)


def _is_private(origin: str) -> bool:
    return not origin or ipaddress.ip_address(origin).is_private


def _let_go_of_stalled(transport: asyncio.BaseTransport, seconds: float) -> None:
    """Close the connection if the other side stops accepting data. Only on Linux."""
    connection = transport.get_extra_info("socket")
    if connection is not None and sys.platform == "linux":
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


def _read_little_at_once(transport: asyncio.BaseTransport) -> None:
    """So that a visitor who sends much takes turns with everybody else."""
    if hasattr(transport, "max_size"):
        transport.max_size = AT_ONCE


def _abort(transport: asyncio.BaseTransport) -> None:
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
