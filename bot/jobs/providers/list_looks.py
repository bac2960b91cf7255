"""Polls many renders of one account with few requests, if its service lists what it is making.

A list only shows what is still running. That a render ended, and how, is seen by polling it alone: a render missing
from a list is never taken for ended. Nor is a list trusted for long: from time to time each render is polled alone all
the same.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from bot.domain.errors import Gone, ProviderError, Unavailable, asks_to_wait
from bot.domain.ids import JobId
from bot.domain.ports.provider import Look, Provider, StillMade, Waiting

log = logging.getLogger(__name__)

ENOUGH = 5  # renders in progress at an account from which its list is used
MOST_KNOWN = 1000  # per account; a page of a list shows a hundred
TRUSTED = 60.0  # seconds that a list alone is trusted about a render at most,
SPREAD = 0.5  # and up to this share less, so that many are not polled alone at the same moment
WITHOUT = 300.0  # seconds until a list that failed is requested again
NO_LIST = 3600.0  # seconds until a missing list is requested again: the server may have changed by then
FORGOTTEN = 900.0  # seconds after which a render that nobody has asked about has ended elsewhere
SLICE = 8  # polls that go on at once when a list has come: each step of a command waits behind the work of all of them
BETWEEN_SLICES = 0.02  # seconds
MOST_SLICES = 25  # more polls go on in larger ones: the last should not be late
TOGETHER = 2.0  # seconds between the moments at which an account's renders are polled

Answer = asyncio.Future[Waiting | None]  # to a poll: what a list says of its render, None for nothing


@dataclass(slots=True)
class _Watched:
    """A render in progress."""

    job_id: JobId
    asked_at: float
    looked_at: float  # when it was polled alone, or first asked about
    is_listed: bool = False  # whether the last list showed it as running
    is_beyond: bool = False  # it left the list once although still running: the list does not reach back that far


@dataclass(slots=True)
class _Account:
    watched: OrderedDict[str, _Watched] = field(default_factory=OrderedDict)  # by remote id
    asked: dict[str, Answer] = field(default_factory=dict)  # now, until the list is there
    asking: asyncio.Task[None] | None = None
    is_listed: bool = False  # whether the last list showed any of them
    no_list_until: float = 0.0


class ListLooks:
    """One per process. `nudge` makes a render due at once."""

    def __init__(self, nudge: Callable[[JobId], Awaitable[None]], clock: Callable[[], float] = time.monotonic) -> None:
        self._nudge = nudge
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._asking = set[asyncio.Task[None]]()  # the event loop alone keeps no reference to them

    async def look(self, provider: Provider, job_id: JobId, remote_id: str, *, alone: bool = False) -> Look:
        """Like the provider's own.

        Polls at the same moment share a request, if they can. `alone`: a list is not enough.
        """
        account = self._accounts.setdefault(provider.name, _Account())
        self._note(account, job_id, remote_id)
        may_list = not alone and self._may_list(provider, account, remote_id)
        if may_list and (seen := await self._listed(provider, account, remote_id)):
            return seen
        return await self._alone(provider, account, remote_id)

    def together(self, account_name: str, due: float) -> float:
        """The nearest moment at which other renders of the account are polled too, if its list is used."""
        account = self._accounts.get(account_name)
        if account is None or not account.is_listed or not self._may_be_listed(account):
            return due
        return round(due / TOGETHER) * TOGETHER

    def _note(self, account: _Account, job_id: JobId, remote_id: str) -> None:
        now = self._clock()
        account.watched.setdefault(remote_id, _Watched(job_id, now, now)).asked_at = now
        account.watched.move_to_end(remote_id)
        while len(account.watched) > MOST_KNOWN or next(iter(account.watched.values())).asked_at < now - FORGOTTEN:
            account.watched.popitem(last=False)

    def _may_list(self, provider: Provider, account: _Account, remote_id: str) -> bool:
        """Renders made one after the other are polled one by one: only the first in line can end."""
        is_trusted = self._clock() - account.watched[remote_id].looked_at < _trusted(remote_id)
        return is_trusted and not provider.in_order and self._may_be_listed(account)

    def _may_be_listed(self, account: _Account) -> bool:
        return len(account.watched) >= ENOUGH and self._clock() >= account.no_list_until

    async def _listed(self, provider: Provider, account: _Account, remote_id: str) -> Waiting | None:
        """What the next list says of it; None if that is nothing. Raises Unavailable."""
        asked = account.asked.setdefault(remote_id, asyncio.get_running_loop().create_future())
        if account.asking is None:
            account.asking = asyncio.create_task(self._ask(provider, account), name="ask for a list")
            self._asking.add(account.asking)
            account.asking.add_done_callback(self._asking.discard)
        return await asyncio.shield(asked)

    async def _ask(self, provider: Provider, account: _Account) -> None:
        await asyncio.sleep(0)  # those claimed together ask before this continues
        asked, account.asked, account.asking = account.asked, {}, None
        try:
            shown = await self._still_made(provider, account, asked)
        except Unavailable as error:
            async for _, future in _in_slices(asked):
                future.set_exception(error)
                future.exception()  # the caller may be gone
            return
        waiting = {} if shown is None else shown.waiting
        ended = [] if shown is None else _ended(account, shown, asked)
        async for remote_id, future in _in_slices(asked):
            future.set_result(waiting.get(remote_id))
        await self._bring_forward(ended)

    async def _bring_forward(self, ended: Sequence[JobId]) -> None:
        """They are polled alone; if that can't be stored, when they are due anyway."""
        try:
            for job_id in ended:
                await self._nudge(job_id)
        except Exception:
            log.exception("renders that have left a list are not looked at before they are due")

    async def _still_made(self, provider: Provider, account: _Account, due: Collection[str]) -> StillMade | None:
        """None if there was no list: then nothing is known.

        Raises Unavailable only if its service asks to be left alone: other trouble may be the list's, or ours.
        """
        try:
            shown = await provider.still_made(frozenset(account.watched), due)
        except ProviderError as trouble:
            if asks_to_wait(trouble):
                raise
            log.info("the list of %s is left alone for a while: %s", provider.name, trouble.sentence)
            account.no_list_until = self._clock() + WITHOUT
            return None
        except Exception:
            # Without a list, each render is polled alone.
            log.exception("the list of %s could not be read, and is left alone for a while", provider.name)
            account.no_list_until = self._clock() + WITHOUT
            return None
        if shown is None:
            account.no_list_until = self._clock() + NO_LIST
        elif not shown.waiting and not account.is_listed:  # the list may use other ids
            account.no_list_until = self._clock() + WITHOUT
        account.is_listed = shown is not None and bool(shown.waiting)
        return shown

    async def _alone(self, provider: Provider, account: _Account, remote_id: str) -> Look:
        try:
            seen = await provider.look(remote_id)
        except Gone:
            account.watched.pop(remote_id, None)
            raise
        watched = account.watched.get(remote_id)
        if not isinstance(seen, Waiting):
            account.watched.pop(remote_id, None)
        elif watched is not None:
            watched.is_beyond = watched.is_beyond or watched.looked_at == -math.inf
            watched.looked_at = self._clock()
        return seen


async def _in_slices(asked: Mapping[str, Answer]) -> AsyncIterator[tuple[str, Answer]]:
    """Yields all of them, and pauses after each slice so that other work gets the event loop."""
    size = max(SLICE, math.ceil(len(asked) / MOST_SLICES))
    for number, each in enumerate(asked.items(), 1):
        yield each
        if number % size == 0:
            await asyncio.sleep(BETWEEN_SLICES)


def _trusted(remote_id: str) -> float:
    """Seconds that a list alone is trusted about it: different for each."""
    return TRUSTED * (1 - SPREAD * crc32(remote_id.encode()) / 2**32)


def _ended(account: _Account, shown: StillMade, asked: Container[str]) -> list[JobId]:
    """Those that were running at the last list and are missing now: most likely they have ended."""
    ended = list[JobId]()
    for remote_id, watched in account.watched.items():
        if remote_id in shown.unread:
            continue
        if watched.is_listed and remote_id not in shown.waiting and not watched.is_beyond:
            watched.looked_at = -math.inf
            ended += [] if remote_id in asked else [watched.job_id]
        watched.is_listed = remote_id in shown.waiting
    return ended
