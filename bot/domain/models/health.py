"""Whether a model works here, judged by how its last orders ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from bot.data_classes import value_object
from bot.domain.phases import Cause

IN_A_ROW = 3  # one failure is chance, two may be; after the third it is fair to ask before the next is paid for
WITHIN = timedelta(hours=1)  # from the first of them to the last
REST = timedelta(minutes=15)  # after the last failure; then the next order serves as a trial


@value_object
class Ending:
    """How one order of a model ended: with a video, or for a cause."""

    at: datetime
    cause: Cause | None  # None: it gave a video


@value_object
class TrackRecord:
    """What this installation has seen of one model at its provider."""

    endings: Sequence[Ending] = ()
    seconds: Sequence[float] = ()  # from accepted order to the end, of renders that gave a video


@value_object
class Failing:
    """So many consecutive failures through the service's fault."""

    times: int
    since: datetime
    last: datetime


@value_object
class Health:
    """How a model is doing now.

    `refused_since`: its service refuses the bot's account, and all orders there wait. `drained_since`: likewise,
    because whoever runs the bot has drained it.
    """

    failing: Failing | None = None
    refused_since: datetime | None = None
    drained_since: datetime | None = None

    @property
    def takes_orders(self) -> bool:
        """Whether orders are sent."""
        return self.refused_since is None and self.drained_since is None

    @property
    def is_well(self) -> bool:
        return self.failing is None and self.takes_orders


def failing(endings: Sequence[Ending], now: datetime) -> Failing | None:
    """Whether the model is failing: three in a row within an hour, the last less than a quarter of an hour ago.

    Failures that are the member's fault (prompt, request, rights) say nothing about the service and are skipped.
    """
    telling = [ending for ending in endings if ending.cause is None or ending.cause.is_services_fault]
    telling.sort(key=lambda ending: ending.at, reverse=True)
    run = list(takewhile(lambda ending: ending.cause is not None, telling))
    close = [ending.at for ending in run if run[0].at - ending.at <= WITHIN]
    if len(close) < IN_A_ROW or now - close[0] >= REST:
        return None
    return Failing(times=len(close), since=close[-1], last=close[0])
