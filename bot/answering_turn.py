"""Of several processes with one token, one is connected to the gateway and answers people; the others wait.

Discord sends each command and each press to every connection. If two processes answer, one of them is refused, and
people see the faster one's answer. With shards there is one such process per shard.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable

from bot.domain.ports.gateway_lock import ONE_SHARD, GatewayLock, Shards
from bot.health.processes import runs

log = logging.getLogger(__name__)

LEASE = 12.0  # seconds for which a process that has died still counts as running, if seen from another machine
RENEWAL = 3.0  # seconds between two renewals
IDENTIFY_GAP = 5.5  # seconds between two sessions of one bucket; Discord asks for five
MARGIN = 2.0  # seconds before the end of a lease that is not renewed: enough to close a connection


def seconds_lived() -> float:
    """A clock that keeps running while the machine sleeps, if there is one, as the lease expires meanwhile."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class AnsweringTurn:
    """The turn of this process to answer people: `begin`, `keep` and `end` it."""

    def __init__(
        self,
        lock: GatewayLock,
        holder: str | None = None,
        *,
        shards: Shards = ONE_SHARD,
        now: Callable[[], float] = seconds_lived,
    ) -> None:
        self._lock = lock
        self._holder = holder or this_process()
        self._shards = shards
        self._now = now
        self._bot = 0
        self._until = float("-inf")  # on the clock of `now`
        self._was_told: bool | None = None  # the last state that was logged: whether it was our turn
        self._ours, self._lost = asyncio.Event(), asyncio.Event()

    @property
    def is_ours(self) -> bool:
        """Whether this process answers: no other one may until the lease ends, even if this one was paused."""
        return self._now() < self._until

    async def begins(self) -> None:
        """Wait until it is our turn."""
        await self._ours.wait()

    async def ends(self) -> None:
        """Wait until our turn has ended or is about to end."""
        await self._lost.wait()

    async def begin(self, bot: int) -> None:
        """Call this before the first connection. `bot` is its user id."""
        self._bot = bot
        await self._take(lambda holder: is_predecessor(holder) or is_gone(holder))

    async def keep(self) -> None:
        """Renew the lease, or wait for it, until cancelled. While the database is down, nobody else can take it."""
        while True:
            await asyncio.sleep(self._at_most(RENEWAL))
            try:
                async with asyncio.timeout(self._at_most(LEASE)):
                    await self._take(is_gone)
            except TimeoutError:
                log.warning("it could not be asked who answers people: the database gave no answer in time")
            except Exception:
                # Whatever the database says, the turn only ends if its lease does.
                log.warning("it could not be asked who answers people", exc_info=True)
            self._decide()

    async def end(self) -> None:
        """Let another process answer at once."""
        self._until = float("-inf")
        try:
            await self._lock.release(self._bot, self._holder)
        except Exception:
            # The process ends all the same.
            log.warning("others will wait %.0f seconds before they answer people", LEASE, exc_info=True)

    async def identified(self, bucket: int) -> None:
        """Wait until a shard of this bucket may start a session."""
        await asyncio.sleep(await self._lock.identify(self._bot, bucket, IDENTIFY_GAP))

    async def _take(self, gone: Callable[[str], bool]) -> None:
        asked = self._now()
        holder = await self._lock.take(self._bot, self._holder, LEASE, gone, self._shards)
        self._until = asked + LEASE - MARGIN if holder == self._holder else float("-inf")
        self._decide()
        if holder != self._holder and self._was_told is not False:
            log.warning(
                "another Kinora is connected with this token (%s) and answers people; this one waits for its turn",
                holder,
            )
        elif holder == self._holder and self._was_told is False:
            log.warning("the other Kinora is gone; this one answers people now")
        self._was_told = holder == self._holder

    def _at_most(self, seconds: float) -> float:
        """At most so many seconds, and not past the end of our turn."""
        return min(seconds, max(self._until - self._now(), 0.0)) if self.is_ours else seconds

    def _decide(self) -> None:
        """Wake up those who wait for the beginning or the end of our turn."""
        began, ended = (self._ours, self._lost) if self.is_ours else (self._lost, self._ours)
        began.set()
        ended.clear()


def this_process() -> str:
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether this was a process of this machine that has ended; False if unknown."""
    number = _number(holder)
    return number is not None and not runs(number)


def is_predecessor(holder: str) -> bool:
    """Whether it had the same process id as this one, as after the restart of a container.

    Two containers with the same host name look like that too, so this is used only at the start: the later one wins.
    """
    return _number(holder) == os.getpid()


def _number(holder: str) -> int | None:
    """The id of a process on this machine."""
    host, _, rest = holder.partition(" ")
    number = rest.partition(" ")[0]
    return int(number) if host == socket.gethostname() and number.isdigit() else None
