"""The members who open galleries, as Discord has them now: cached for half a minute for many requests."""

from __future__ import annotations

import asyncio
from dataclasses import field
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed
from bot.domain.links import Viewer
from bot.domain.ports.clock import Clock
from bot.domain.queue.bulk import GuildPeople

BELIEVED = timedelta(seconds=30)
MOST_REMEMBERED = 1000


@value_object
class _Asked:
    at: datetime
    answer: asyncio.Task[Member]


@wired
class CachedMembers:
    """Refusals are cached as well; a failure to ask Discord is not."""

    people: GuildPeople
    clock: Clock
    _asked: dict[Viewer, _Asked] = field(default_factory=dict)

    async def member(self, viewer: Viewer) -> Member:
        """Raises NotAllowed if they have left, and Unavailable if Discord can't be asked."""
        asked = self._asked.get(viewer)
        if asked is None or self.clock.now() - asked.at >= BELIEVED or _came_to_nothing(asked.answer):
            asked = self._ask(viewer)
        return await asyncio.shield(asked.answer)

    def _ask(self, viewer: Viewer) -> _Asked:
        answer = asyncio.create_task(self.people.member(viewer.guild_id, viewer.member_id), name="member of a gallery")
        asked = self._asked[viewer] = _Asked(at=self.clock.now(), answer=answer)
        for oldest in list(self._asked)[: max(0, len(self._asked) - MOST_REMEMBERED)]:
            del self._asked[oldest]
        return asked


def _came_to_nothing(answer: asyncio.Task[Member]) -> bool:
    if not answer.done():
        return False
    error = asyncio.CancelledError() if answer.cancelled() else answer.exception()
    return error is not None and not isinstance(error, NotAllowed)
