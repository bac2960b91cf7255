"""One event on its way to one webhook: stored with what happened, and attempted until it is accepted or a day has
passed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.webhooks.webhook import EventKind

TRIED_FOR = timedelta(hours=24)
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400)  # seconds after each failed attempt; the last one repeats
LONGEST_ASKED = 3600.0  # the most seconds that a receiver may ask for
HELD = timedelta(seconds=60)  # how long a claim lasts; longer than an attempt may take
GONE = 410


class DeliveryOutcome(StrEnum):
    """How an attempt ended. The values are stored in rows and are labels of a metric: they never change."""

    DELIVERED = "delivered"
    ANSWERED = "answered"  # with another status than 2xx
    REDIRECTED = "redirected"
    NOT_PUBLIC = "not public"  # its name leads to a network that is not public
    NOT_FOUND = "not found"  # its name leads nowhere
    UNREACHABLE = "unreachable"
    NOT_TRUSTED = "not trusted"  # its certificate
    TIMED_OUT = "timed out"
    BROKEN = "broken"  # something else on the way
    NO_SECRET = "no secret"  # noqa: S105 - it cannot be opened, so nothing was sent


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


@value_object
class Delivery:
    """A delivery as managers see it."""

    id: str
    kind: EventKind
    created_at: datetime
    state: DeliveryState
    tries: int
    outcome: DeliveryOutcome | None = None  # of the last try; None before the first
    status: int | None = None  # of HTTP, likewise
    next_at: datetime | None = None


@value_object
class ClaimedDelivery:
    """One that this process is to attempt now. `tries` counts this attempt, and fences what is written about it."""

    id: str  # the same at each attempt
    webhook_id: str
    guild_id: int
    url: str
    kind: EventKind
    body: str
    created_at: datetime
    tries: int
    sealed: tuple[str, ...]  # the secrets that sign it, newest first


@value_object
class SendResult:
    outcome: DeliveryOutcome
    status: int | None = None
    asked_to_wait: float | None = None  # seconds

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def next_wait(tries: int, result: SendResult, spread: float) -> float:
    """Seconds until the next attempt, after so many. `spread`, from 0 to 1, separates those that failed together."""
    wait = WAITS[min(tries, len(WAITS)) - 1] * (0.8 + 0.4 * spread)
    return max(wait, min(result.asked_to_wait or 0.0, LONGEST_ASKED))
