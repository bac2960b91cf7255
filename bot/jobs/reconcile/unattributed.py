"""Videos at a service that no order here knows: each is reported once, in the log and the metrics."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.accounts import is_own
from bot.domain.ports.provider import Provider
from bot.domain.ports.records import Record, Records
from bot.jobs.counters import Counters

log = logging.getLogger(__name__)

FURTHEST = timedelta(days=7)  # how far back the service's list is read at most, whatever is still open


@value_object
class _Said:
    """Videos that were reported as nobody's, by id, and when they were made."""

    said: Mapping[str, datetime]


SAID = Record("unattributed spending", _Said, lasts=FURTHEST + timedelta(days=1))  # by the provider's name


@wired
class UnattributedSpending:
    """What was paid for but is in nobody's books."""

    records: Records
    counters: Counters

    async def say_once(self, provider: Provider, found: Mapping[str, datetime], since: datetime) -> None:
        """`found`: when each was made, by its id. Reports of videos made before `since` are forgotten."""

        def with_these(noted: _Said | None) -> _Said:
            before = {} if noted is None else noted.said
            kept = {id_: at for id_, at in before.items() if at >= since.replace(microsecond=0)}
            return _Said(said={**found, **kept})

        if not found or is_own(provider.name):  # what people make elsewhere with their own key is their business
            return
        before = (await self.records.update(SAID, provider.name, with_these)).before
        new = {id_: at for id_, at in found.items() if before is None or id_ not in before.said}
        for remote_id, made_at in new.items():
            log.warning(
                "unattributed spending: %s has the video %s of %s, which no order here knows",
                provider.host,
                remote_id,
                made_at.isoformat(timespec="seconds"),
            )
        self.counters.unattributed_videos += len(new)
