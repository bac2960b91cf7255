"""A service called about a job. That is only a hint: its content is verified with the service, and never believed.

The one thing that is taken from a call is the id of a video whose order got no answer. The address that was called is
ours, was given with that very order, and names the job and the request: a client reference in disguise. So of an order
that was sent twice, what was made of the first request does not stand for the second one.
"""

from __future__ import annotations

import logging
from dataclasses import field
from datetime import datetime, timedelta
from enum import Enum

from bot.data_classes import value_object, wired
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
from bot.jobs.reconcile.doubles import DoubledOrders, as_first_sent, as_made_of, method_of
from bot.jobs.reconcile.matching import sent_as
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
    second: int | None = None  # when the request was sent, in Unix time; None: an older version gave the address

    def is_of(self, sent_at: datetime | None) -> bool:
        return sent_at is not None and int(sent_at.timestamp()) == self.second

    def is_surely_of(self, replaced: ReplacedOrder) -> bool:
        return replaced.remote_id == self.event.remote_id or self.is_of(replaced.sent_at)


@wired
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
        remote_id = call.event.remote_id
        match job.phase:
            case Rendering(remote_id=known) if known == remote_id:
                return await self._nudge(job)
            case Submitting():
                return WebhookResult.TOO_EARLY
            case Unknown() | NeedsReview(nobody_knows=True) if not _is_doubled(job, call):
                sent_at = _sent_at(job, call)
                method, started_at = method_of(job, sent_at), sent_at or self.context.now()
                adopted = Rendering(remote_id=remote_id, started_at=started_at, method=method)
                job = as_made_of(job, sent_at)
            case Queued() | AwaitingApproval() if (
                call.event.is_done
            ):  # an old backup was restored, or a manager had it sent once more
                job, method = _as_first_sent(job, call)
                adopted = Rendering(remote_id=remote_id, started_at=self.context.now(), method=method)
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
        mine = [each for each in lost if each.job.id == job.id and _may_be_of(each.replaced, call)]
        return min(mine, key=lambda each: not call.is_surely_of(each.replaced), default=None)

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
    """A waiting order as it was before it was to be sent once more, and the way in which it had been sent."""
    replaced, first = _replaced(job, call), job.first_try
    is_first = first is not None and call.is_of(first.sent_at)
    if replaced is None or (is_first and not call.is_surely_of(replaced)):
        return job, None if first is None else first.method
    return as_first_sent(job, replaced), replaced.method


def _replaced(job: Job, call: WebhookCall) -> ReplacedOrder | None:
    """Which of its replaced requests the call is about; where it does not say, the newest that it may be about.

    The job may be at another account by now.
    """
    there = [each for each in reversed(job.replaced) if each.account == call.account and _may_be_of(each, call)]
    return min(there, key=lambda each: not call.is_surely_of(each), default=None)


def _may_be_of(replaced: ReplacedOrder, call: WebhookCall) -> bool:
    return replaced.remote_id in {None, call.event.remote_id}


def _is_doubled(job: Job, call: WebhookCall) -> bool:
    """Whether it is about a replaced request of a job that waits for another one; its first try is as good as that."""
    first = job.open_first_try
    if first is not None and call.is_of(first.sent_at):
        return False
    return any(each.account == call.account and call.is_surely_of(each) for each in job.replaced)


def _sent_at(job: Job, call: WebhookCall) -> datetime | None:
    """Of the request that it is about: the last one, unless it says that it is the first try."""
    first = job.first_try
    return first.sent_at if first is not None and call.is_of(first.sent_at) else sent_as(job)[0]
