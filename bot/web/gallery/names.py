"""The names of members whose videos are shown: fetched from Discord for a whole page at once, and cached."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Protocol

from bot.data_classes import wired
from bot.domain.errors import Unavailable
from bot.domain.ports.clock import Clock

log = logging.getLogger(__name__)

BELIEVED = timedelta(minutes=10)
PATIENCE = 1.0  # seconds; a page without names is better than a late one
MOST_REMEMBERED = 5000


class MemberNames(Protocol):
    async def names(self, guild_id: int, member_ids: Collection[int]) -> Mapping[int, str]:
        """Names of the members who are on the server. Raises Unavailable if Discord can't be asked."""
        ...


@wired
class CachedNames:
    """Members who have left are cached as well; a failure to ask Discord is not."""

    people: MemberNames
    clock: Clock
    _known: dict[tuple[int, int], tuple[datetime, str | None]] = field(default_factory=dict)

    async def names(self, guild_id: int, member_ids: Collection[int]) -> Mapping[int, str]:
        """The names that are available in time."""
        wanted, now = set(member_ids), self.clock.now()
        fresh = {each for each in wanted if self._is_fresh(guild_id, each, now)}
        if wanted - fresh:
            await self._ask(guild_id, sorted(wanted - fresh), now)
        known = {each: self._known[guild_id, each][1] for each in wanted if (guild_id, each) in self._known}
        return {each: name for each, name in known.items() if name is not None}

    def _is_fresh(self, guild_id: int, member_id: int, now: datetime) -> bool:
        known = self._known.get((guild_id, member_id))
        return known is not None and now - known[0] < BELIEVED

    async def _ask(self, guild_id: int, member_ids: Collection[int], now: datetime) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self.people.names(guild_id, member_ids)
        except (TimeoutError, Unavailable) as trouble:
            log.info("a page of the gallery comes without names: %s", trouble)
            return
        for each in member_ids:
            self._known[guild_id, each] = now, found.get(each)
        for oldest in list(self._known)[: max(0, len(self._known) - MOST_REMEMBERED)]:
            del self._known[oldest]
