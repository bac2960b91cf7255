"""The state machine: takes a job one step on, from wherever it was left."""

from __future__ import annotations

import logging

from bot.domain.job import Lease
from bot.domain.phases import (
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unknown,
    name_of,
)
from bot.jobs.aside import aside
from bot.jobs.delivery import Delivery
from bot.jobs.desk import Desk
from bot.jobs.rendering import Watch
from bot.jobs.search import Search
from bot.jobs.submission import Submission

log = logging.getLogger(__name__)

MOST_CRASHES = 3  # leases in a row that ran out in the same step


WHILE = {
    "queued": "preparing the order",
    "submitting": "sending the order",
    "unknown": "looking for the video",
    "rendering": "watching the render",
    "saving": "saving the video",
    "posting": "posting the video",
}


class Runner:
    """One step of one job. A crash is no special case: the next claim finds the phase and goes on from there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._submission = Submission(desk)
        self._search = Search(desk)
        self._watch = Watch(desk)
        self._delivery = Delivery(desk)

    async def advance(self, lease: Lease) -> None:
        """Raises MovedOn when somebody else has taken the job on meanwhile."""
        if lease.crashes >= MOST_CRASHES:
            await self._set_aside(lease)
            return
        match lease.job.phase:
            case Queued():
                await self._submission.submit(lease)
            case Submitting(sent_at=sent_at, fingerprint=fingerprint, rung=rung):
                # Whoever sent it died before storing the answer.
                lost = Unknown(sent_at=sent_at, fingerprint=fingerprint, rung=rung)
                await self._desk.move(lease, lost, 0.0)
            case Unknown() as lost:
                await self._search.look(lease, lost)
            case Rendering() as rendering:
                await self._watch.look(lease, rendering)
            case Saving() as saving:
                await self._delivery.save(lease, saving)
            case Posting() as posting:
                await self._delivery.post(lease, posting)
            case Done() | Undelivered() | Failed() | Cancelled() | NeedsReview():
                log.error("%s is at rest and should not have been claimed", lease.job.id)

    async def _set_aside(self, lease: Lease) -> None:
        reason = f"The bot stopped {lease.crashes} times while {WHILE[name_of(lease.job.phase)]}."
        log.error("%s set aside: %s", lease.job.id, reason)
        await self._desk.move(lease, aside(lease.job.phase, reason))
