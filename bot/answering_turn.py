"""Of several processes with one token, each connected, one answers people; the others work on jobs.

Discord tells every connection of every command and every press. Two that answer get in each other's way: one of them is
refused, and people see whichever was faster.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import sys
from collections.abc import Callable

from bot.domain.ports.gateway_lock import GatewayLock

log = logging.getLogger(__name__)

LEASE = 12.0  # seconds that a process which is gone without a word still counts as there, seen from another machine
RENEWAL = 3.0  # seconds between two renewals

Decide = Callable[[bool], None]


class AnsweringTurn:
    """`decide` is told whether this process answers."""

    def __init__(self, lock: GatewayLock, decide: Decide, holder: str | None = None) -> None:
        self._lock = lock
        self._decide = decide
        self._holder = holder or this_process()
        self._bot = 0
        self._has_it: bool | None = None  # not known yet

    async def begin(self, bot: int) -> None:
        """Before the first interaction can come in. `bot` is its user id."""
        self._bot = bot
        await self._take(lambda holder: is_predecessor(holder) or is_gone(holder))

    async def keep(self) -> None:
        """Renew it, or wait for it, until cancelled. While the database is away everything stays as it is."""
        while True:
            await asyncio.sleep(RENEWAL)
            try:
                await self._take(is_gone)
            except Exception:
                log.warning("it could not be asked who answers people", exc_info=True)

    async def end(self) -> None:
        """Let another one answer at once."""
        try:
            await self._lock.release(self._bot, self._holder)
        except Exception:
            log.warning("others will wait %.0f seconds before they answer people", LEASE, exc_info=True)

    async def _take(self, gone: Callable[[str], bool]) -> None:
        holder = await self._lock.take(self._bot, self._holder, LEASE, gone)
        has_it, had_it = holder == self._holder, self._has_it
        self._has_it = has_it
        self._decide(has_it)
        if not has_it and had_it is not False:
            log.warning(
                "another Kinora is connected with this token (%s) and answers people; "
                "this one works on jobs, and answers when the other is gone",
                holder,
            )
        elif has_it and had_it is False:
            log.warning("the other Kinora is gone; this one answers people now")


def this_process() -> str:
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Whether this was a process of this machine that is no more; False when nobody can tell."""
    number = _number(holder)
    return number is not None and not _runs(number)


def is_predecessor(holder: str) -> bool:
    """Whether it had the very number of this process, as in a container that was started again.

    Two containers that share the machine's name look like that too, so it counts at the start only: the later one wins.
    """
    return _number(holder) == os.getpid()


def _number(holder: str) -> int | None:
    """Of a process on this machine."""
    host, _, rest = holder.partition(" ")
    number = rest.partition(" ")[0]
    return int(number) if host == socket.gethostname() and number.isdigit() else None


def _runs(number: int) -> bool:
    if sys.platform == "win32":  # there is no question that does no harm
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
