"""What becomes of an order that was sent: it renders, or it is looked for."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.errors import FailedToTake, MovedOn, NotFree, OutcomeUnknown
from bot.domain.job import Job, Lease
from bot.domain.phases import NeedsReview, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Provider
from bot.domain.recovery.first_try import FirstTry
from bot.jobs.context import StepContext

log = logging.getLogger(__name__)

FIRST_SEARCH = 5.0  # seconds after the answer was lost


@wired
class AnsweredOrder:
    """Stores the answer to the one paid request."""

    context: StepContext

    async def begin(self, lease: Lease, sending: Submitting, remote: str) -> None:
        started = Rendering(remote_id=remote, started_at=self.context.now(), method=sending.method)
        log.info("%s was taken as %s", lease.job.id, remote)
        try:
            await self.context.move(lease, started, self.context.poll_schedule.first())
        except NotFree:
            log.warning("%s was answered with %s, which is another job's video", lease.job.id, remote)
            await self._lose(lease, sending)
        except MovedOn:
            await self._answer_late(lease.job, sending, started)

    async def lose(self, lease: Lease, sending: Submitting, provider: Provider, trouble: OutcomeUnknown) -> None:
        """The order may have been accepted.

        If the service itself failed, lookups will tell; the first time, that is recorded.
        """
        is_told = isinstance(trouble, FailedToTake) and provider.shows_at_once
        if is_told and lease.job.first_try is None:
            first = FirstTry(sent_at=sending.sent_at, answered_at=self.context.now(), method=sending.method)
            lease = replace(lease, job=replace(lease.job, first_try=first))
        await self._lose(lease, sending)

    async def _lose(self, lease: Lease, sending: Submitting) -> None:
        lost = Unknown(sent_at=sending.sent_at, fingerprint=sending.fingerprint, method=sending.method)
        await self.context.move(lease, lost, FIRST_SEARCH)

    async def _answer_late(self, job: Job, sending: Submitting, started: Rendering) -> None:
        """Store an answer although its sender was taken for dead and the order for lost. Raises MovedOn otherwise."""
        now = await self.context.queries.get(job.id)
        if now is None or not isinstance(now.phase, Submitting | Unknown | NeedsReview):
            raise MovedOn
        if now.phase.sent_at != sending.sent_at:
            raise MovedOn
        await self.context.decide(now, started, self.context.poll_schedule.first())
