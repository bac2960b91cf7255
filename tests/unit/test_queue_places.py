"""Which cards are redrawn when a server's queue has changed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, cast

from bot.domain.ids import JobId
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.publish.queues.places import AFTER_TROUBLE, BETWEEN_LOOKS, QueuePlaces

GUILD, CHANNEL = 1, 2
FIRST, SECOND = JobId("AAAAAA"), JobId("BBBBBB")


@dataclass(kw_only=True)
class Queue:
    """The waiting orders in a database that fails the first queries."""

    outages: int
    looks: int = 0
    drawn: list[JobId] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def waiting(self, _guild: int) -> list[tuple[JobId, int]]:
        self.looks += 1
        if self.looks <= self.outages:
            raise ConnectionError("the database is away")
        return [(FIRST, CHANNEL), (SECOND, CHANNEL)]

    async def pause(self, seconds: float) -> None:
        self.waited.append(seconds)

    def want(self, _channel: int, card: JobId) -> None:
        self.drawn.append(card)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self.tasks.append(asyncio.create_task(work, name=name))


async def test_cards_learn_their_places_once_the_database_is_back() -> None:
    queue = Queue(outages=2)
    places = QueuePlaces(
        cast("BrowseVideos", queue),
        want=queue.want,
        shown_place=lambda card: {FIRST: 0, SECOND: 2}[card],
        start=queue.start,
        pause=queue.pause,
    )
    places.changed(GUILD, all_times=False)
    await asyncio.gather(*queue.tasks)
    assert queue.drawn == [SECOND]
    assert queue.waited == [AFTER_TROUBLE, AFTER_TROUBLE, BETWEEN_LOOKS]
