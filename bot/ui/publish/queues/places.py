"""Which cards change when a server's queue does: those whose place has changed, or all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.domain.ids import JobId
from bot.jobs.use_cases.browse import BrowseVideos

log = logging.getLogger(__name__)

BETWEEN_LOOKS = 1.0  # seconds, per server
AFTER_TROUBLE = 10.0  # seconds after an error


class QueuePlaces:
    """`want` has a card in a channel redrawn; `shown_place` returns the place that a new card shows."""

    def __init__(
        self,
        browse: BrowseVideos,
        *,
        want: Callable[[int, JobId], None],
        shown_place: Callable[[JobId], int | None],
        start: Callable[[Coroutine[Any, Any, None], str], None],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._browse = browse
        self._want = want
        self._shown_place = shown_place
        self._start = start
        self._pause = pause
        self._queues: dict[int, dict[JobId, int]] = {}  # by server: the places in the queue at the last check
        self._stale: dict[int, bool] = {}  # servers whose queue has changed since; whether all waiting times have
        self._refreshing: set[int] = set()  # servers whose queue is being checked

    def changed(self, guild: int, *, all_times: bool) -> None:
        """`all_times`: all waiting times have changed, whatever the places."""
        self._stale[guild] = self._stale.get(guild, False) or all_times
        if guild not in self._refreshing:
            self._refreshing.add(guild)
            self._start(self._refresh(guild), "refresh the queue")

    async def _refresh(self, guild: int) -> None:
        """Check the queue until there are no more changes: many within a second need only one check."""
        try:
            while (all_times := self._stale.pop(guild, None)) is not None:
                await self._pause(await self._look(guild, all_times=all_times))
        finally:
            self._refreshing.discard(guild)

    async def _look(self, guild: int, *, all_times: bool) -> float:
        """Check once, and return the seconds until the next check. Retried if the database is down."""
        try:
            await self._redraw(guild, all_times=all_times)
        except Exception:
            # One server must never stop the others.
            log.exception("the queue of server %d could not be looked at", guild)
            self._stale[guild] = self._stale.get(guild, False) or all_times
            return AFTER_TROUBLE
        return BETWEEN_LOOKS

    async def _redraw(self, guild: int, *, all_times: bool) -> None:
        before = self._queues.get(guild, {})
        waiting = await self._browse.waiting(guild)
        self._queues[guild] = {card: place for place, (card, _) in enumerate(waiting)}
        for place, (card, channel) in enumerate(waiting):
            if all_times or before.get(card, self._shown_place(card)) != place:
                self._want(channel, card)
