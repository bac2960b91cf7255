"""How fast the gateway is reconnected to: at once if the last connection was stable, otherwise ever more slowly.

discord.py reconnects at once, without end, to a gateway that closes a connection whenever it is resumed
(buape/carbon#364): hundreds of times a second. A session that is refused is identified again every five seconds, and
Discord resets the token after 1,000 identifies a day.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import aiohttp

log = logging.getLogger(__name__)

LASTED = 60.0  # seconds after which a connection counts as stable
AT_ONCE = 3  # unstable connections in a row after which there is no pause yet
LONGEST = 45.0  # seconds; discord.py allows 60 in all for a connection
DAY = 86_400.0  # seconds
MOST_IDENTIFIES = 900  # a day


class GatewayPace:
    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        connections: int = 1,
    ) -> None:
        """`connections` that are opened at the same time, one per shard."""
        self._at_once = AT_ONCE * connections
        self._now = now
        self._sleep = sleep
        self._last = float("-inf")
        self._short = 0  # unstable connections in a row
        self._identified: deque[float] = deque()

    @property
    def is_failing(self) -> bool:
        """Whether to drop the session: resuming it has not worked for a while."""
        return self._short >= self._at_once and not self._lasted

    @property
    def _lasted(self) -> bool:
        return self._now() - self._last >= LASTED

    def watch(self, trace: aiohttp.TraceConfig) -> None:
        trace.on_request_start.append(self._starts)

    async def connecting(self) -> None:
        """Call this before each connection; it sleeps as long as necessary."""
        self._short = 0 if self._lasted else self._short + 1
        if self._short > self._at_once:
            pause = min(LONGEST, 2.0 ** (self._short - self._at_once - 1))
            log.warning("Discord's gateway ends each connection; the next one is made in %.0f s", pause)
            await self._sleep(pause)
        self._last = self._now()

    def identifying(self) -> None:
        """Raises TimeoutError, after which discord.py backs off, if Discord would soon reset the token."""
        while self._identified and self._now() - self._identified[0] > DAY:
            self._identified.popleft()
        if len(self._identified) >= MOST_IDENTIFIES:
            raise TimeoutError(f"{MOST_IDENTIFIES} sessions were begun in a day; more would have the token reset")
        self._identified.append(self._now())

    async def _starts(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        if params.url.scheme in {"ws", "wss"}:
            await self.connecting()
