"""A service called about a job. That is only a hint: its content is verified with the service, and never believed.

One thing is taken from a call: the id of a video whose order got no answer. The address that was called is ours, was
given with that very order, and identifies the job: a client reference in disguise.
"""

from __future__ import annotations

import logging
from dataclasses import field
from datetime import datetime, timedelta
from enum import Enum

from bot.data_classes import value_object
from bot.domain.errors import AccountTrouble, MovedOn, NotFree, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import AwaitingApproval, NeedsReview, Queued, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Provider
from bot.domain.ports.provider_orders import LostOrder
from bot.domain.ports.webhooks import WebhookEvent
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.context import StepContext
from bot.jobs.reconcile.doubles import DoubledOrders, as_first_sent
from bot.jobs.reconcile.unattributed import FURTHEST, UnattributedSpending

log = logging.getLogger(__name__)

TRIES = 3  # attempts, if a worker moves the job at the same moment
PAUSE = timedelta(seconds=5)  # between two nudges of one job
MOST_NUDGED = 1000  # that are remembered


class WebhookResult(Enum):
    """What became of a call."""

    NUDGED = "nudged"
    ADOPTED = "adopted"
    TOO_EARLY = "too early"  # the order is just being sent, or the video does not show yet; another call would help
    NOTHING = "nothing"


@value_object
class WebhookCall:
    """What a signed call from an account's service says, at the address of `job_id`."""

    account: str
    job_id: JobId
    event: WebhookEvent


@value_object(kw_only=False)
class WebhookIntake:
    """Handles calls. Duplicate, late and wrong ones change nothing."""

    context: StepContext
    unattributed: UnattributedSpending
    _nudged: dict[JobId, datetime] = field(default_factory=dict)  # times of the last seconds

    async def take(self, call: WebhookCall) -> WebhookResult:
        for _ in range(TRIES):
            job = await self.context.queries.get(call.job_id)
            if job is None or (job.account != call.account and _replaced(job, call) is None):
                return WebhookResult.NOTHING
            if call.event.is_done:
                self.context.calls.heard(call.account, job.id)
            try:
                return await self._connect(call, job)
            except MovedOn:
                continue
            except NotFree:
                log.warning("%s was called about with %s, which is another job's video", job.id, call.event.remote_id)
                return WebhookResult.NOTHING
        return WebhookResult.TOO_EARLY

    async def _connect(self, call: WebhookCall, job: Job) -> WebhookResult:
        """Raises MovedOn and NotFree."""
        if job.account != call.account and not isinstance(job.phase, Queued | AwaitingApproval):
            return await self._without_use(call, job)
        match job.phase:
            case Rendering(remote_id=remote_id) if remote_id == call.event.remote_id:
                return await self._nudge(job)
            case Submitting():
                return WebhookResult.TOO_EARLY
            case Unknown() as lost:
                adopted = Rendering(remote_id=call.event.remote_id, started_at=lost.sent_at, method=lost.method)
            case NeedsReview(nobody_knows=True) as undecided:
                sent_at = undecided.sent_at or self.context.now()
                adopted = Rendering(remote_id=call.event.remote_id, started_at=sent_at, method=undecided.method)
            case Queued() | AwaitingApproval() if (
                call.event.is_done
            ):  # an old backup was restored, or a manager had it sent once more
                job, method = _as_first_sent(job, call)
                adopted = Rendering(remote_id=call.event.remote_id, started_at=self.context.now(), method=method)
            case _:
                return await self._without_use(call, job)
        await self.context.decide(job, adopted, 0.0)
        log.info("%s is %s, as its service called to say", job.id, call.event.remote_id)
        return WebhookResult.ADOPTED

    async def _without_use(self, call: WebhookCall, job: Job) -> WebhookResult:
        """A call about an order that has a video or is over.

        Two videos may have been made of one that was sent twice.
        """
        made, provider = [call.event.remote_id] if call.event.is_done else [], self.context.providers.get(call.account)
        strangers = {*made} - await self.context.provider_orders.known(call.account, made)
        if strangers and provider is not None:
            if (lost := await self._lost(call, job)) is not None:
                return await self._take_double(provider, lost, call.event.remote_id)
            now = self.context.now()
            await self.unattributed.say_once(provider, dict.fromkeys(strangers, now), now - FURTHEST)
        return WebhookResult.NOTHING

    async def _lost(self, call: WebhookCall, job: Job) -> LostOrder | None:
        """Which of the job's replaced requests it is about."""
        lost = await DoubledOrders(context=self.context).open(call.account)
        mine = (each for each in lost if each.job.id == job.id)
        return next((each for each in mine if each.replaced.remote_id in {None, call.event.remote_id}), None)

    async def _take_double(self, provider: Provider, lost: LostOrder, remote_id: str) -> WebhookResult:
        """Its service says that it is done. If a poll does not show that yet, only another call may report it."""
        try:
            is_taken = await DoubledOrders(context=self.context).take(provider, lost, remote_id, lost.replaced.sent_at)
        except (AccountTrouble, Unavailable) as trouble:
            log.info(
                "%s could not be asked about a second video of %s: %s", provider.host, lost.job.id, trouble.sentence
            )
            return WebhookResult.TOO_EARLY
        return WebhookResult.ADOPTED if is_taken else WebhookResult.TOO_EARLY

    async def _nudge(self, job: Job) -> WebhookResult:
        """Repeated calls must not make us ask the service again and again."""
        now = self.context.now()
        if (before := self._nudged.get(job.id)) is not None and now - before < PAUSE:
            return WebhookResult.NOTHING
        for job_id in [each for each, at in self._nudged.items() if now - at >= PAUSE]:
            del self._nudged[job_id]
        if len(self._nudged) < MOST_NUDGED:
            self._nudged[job.id] = now
        await self.context.queue.nudge(job.id)
        self.context.events.tell(job)  # this wakes the worker
        return WebhookResult.NUDGED


def _as_first_sent(job: Job, call: WebhookCall) -> tuple[Job, RemixMethod | None]:
    """A waiting order as it was before it was to be sent once more, and the method it had been sent by."""
    if (replaced := _replaced(job, call)) is not None:
        return as_first_sent(job, replaced), replaced.method
    return job, None if job.first_try is None else job.first_try.method


def _replaced(job: Job, call: WebhookCall) -> ReplacedOrder | None:
    """The newest of its replaced requests that the call may be about; the job may be at another account by now."""
    there = (each for each in reversed(job.replaced) if each.account == call.account)
    return next((each for each in there if each.remote_id in {None, call.event.remote_id}), None)
