"""Whether managers hold up a server's queue, and which orders they have moved to its front."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.money.usd import Usd

FRONT = 1_000_000  # priorities from here on are of orders that a manager moved to the front of their server's queue


class HoldKind(StrEnum):
    """The values are stored."""

    PAUSE = "pause"  # orders are taken and wait; nothing new is sent, renders under way finish
    DRAIN = "drain"  # no new orders are taken; those that wait are made


def as_sentence(words: str) -> str:
    """With a full stop, unless it already ends with punctuation."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


@value_object
class QueueHold:
    """What a manager decided about their server's queue."""

    kind: HoldKind
    reason: str
    by: int
    since: datetime

    @property
    def sentence(self) -> str:
        """The reason."""
        return as_sentence(self.reason)


@value_object
class QueueTotals:
    """All orders of a server that are not at rest."""

    rendering: int  # they have a place
    waiting: int
    under_way: int  # all, also those that are downloaded and posted
    price: Usd  # of all, as quoted
    to_approve: int = 0


class QueueHolds(Protocol):
    """Stored in the database: a pause applies in all processes, and after a restart."""

    async def queue_hold(self, guild_id: int) -> QueueHold | None:
        """None while a server's queue runs normally."""
        ...

    async def hold(self, guild_id: int, hold: QueueHold) -> bool:
        """False if there is one of its kind already: the first decision counts, and nothing is changed.

        The cards of orders that wait there become outdated, as with `resume`.
        """
        ...

    async def resume(self, guild_id: int) -> bool:
        """False if the queue was running already."""
        ...

    async def bump(self, guild_id: int, job_id: JobId) -> bool:
        """Move a waiting order to the front of its server's queue. False if it no longer waits, or is there already."""
        ...
