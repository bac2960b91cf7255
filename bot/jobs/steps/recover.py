"""Looks for a video whose order was sent and whose answer was lost: found and adopted, proven absent, or undecided.

The service may still be accepting the order when we stop listening, so it may be declared absent only after two
complete listings in a row that were both requested after the settle window and show nothing that could be it. One case
is clearer: if the service itself answered with an error of its own, nothing is in progress any more. If it lists each
order at once and has not listed this one for a minute, the order is queued to be sent once more.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, NotFree, Unavailable
from bot.domain.job import Job, Lease
from bot.domain.messages import msg
from bot.domain.phases import Cause, Failed, Queued, Rendering, Unknown
from bot.domain.ports.provider import Provider
from bot.domain.recovery.first_try import FirstTry, Stage
from bot.jobs.context import StepContext
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.doubles import as_made_of, method_of
from bot.jobs.reconcile.matching import SETTLE
from bot.jobs.reconcile.searching import Sighting, search
from bot.jobs.steps.set_aside import set_aside_for_review

PAUSES = (10.0, 30.0)  # seconds after the first and second lookup (so: +5, +15, +45 s); then every minute
LATER_PAUSE = 60.0
COMPLETE_LISTINGS = 2
GIVE_UP = timedelta(hours=24)
CALLED_WITHIN = timedelta(minutes=15)  # after the order; a later call counts too, but by then a person was asked
NAMED_WITHIN = timedelta(minutes=15)  # after the order, if its service knows it by our name
ENDED_WITHIN = timedelta(hours=1)  # after the order, if only ended orders are listed; then a person is asked

ABSENT = msg("The video service never received this order.")
TWICE = msg("The video service didn't take this order, although Kinora sent it twice.")
ONCE_MORE = msg("The service failed to take this order, and nothing was made. Kinora orders once more.")
UNDECIDED = msg(
    "The service's reply was lost, and it can't be asked about this order. It may have been charged, so Kinora won't "
    "send it again by itself."
)
NOT_BY_NAME = msg(
    "The service's reply was lost, and the service has no video by Kinora's name for this order. It may have been "
    "charged, so Kinora won't send it again by itself. If one shows up later, it arrives here."
)
NOT_LISTED = msg(
    "The service's reply was lost, and its list of finished videos doesn't show this one. It may have been charged, so "
    "Kinora won't send it again by itself. If the video is listed later, it arrives here."
)
AMBIGUOUS = msg(
    "The service's reply was lost. It has a video that may be this one, but that isn't certain. It may have been "
    "charged, so Kinora won't send it again by itself."
)


@wired
class RecoverOrder:
    """Resolves jobs in `Unknown`."""

    context: StepContext

    async def look(self, lease: Lease, lost: Unknown) -> None:
        provider, asked_at = self.context.providers.get(lease.job.account), self.context.now()
        if provider is None:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))
            return
        if wait := self.context.throttle.seconds_left(provider.name, Request.FREE, asked_at):
            await self.context.move(lease, lost, wait)
            return
        looked, settled = replace(lost, looks=lost.looks + 1), self._is_settled(lost, asked_at)
        is_complete = settled and not provider.lists_late
        try:
            seen = await search(self.context, provider, lease.job, lost.sent_at, is_complete=is_complete)
        except AccountTrouble as trouble:
            await self.context.circuit.note_refusal(provider, trouble)
            await self._look_again(lease, replace(looked, absent=0))
        except Unavailable as trouble:
            self.context.throttle.hold(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            await self._look_again(lease, replace(looked, absent=0))
        else:
            if seen.is_told:
                await self.context.note_success(provider.name)
            await self._judge(lease, looked, provider, seen, asked_at)

    def _is_settled(self, lost: Unknown, asked_at: datetime) -> bool:
        return asked_at - self.context.suspend_detector.since_sent(lost.sent_at) >= SETTLE

    async def _judge(self, lease: Lease, lost: Unknown, provider: Provider, seen: Sighting, asked_at: datetime) -> None:
        lease = replace(lease, job=_watched(lease.job, seen, asked_at))
        if seen.remote_id is not None:
            await self._adopt(lease, lost, seen.remote_id, seen.sent_at or lost.sent_at)
        elif (first := _not_taken(lease.job, provider, seen)) is not None:
            await self._make_sure(lease, lost, first, asked_at)
        elif seen.by_name:
            await self._without_that_name(lease, lost)
        elif not seen.is_told:
            await self._without_a_list(lease, lost)
        else:
            await self._not_listed(lease, lost, provider, seen, settled=self._is_settled(lost, asked_at))

    async def _make_sure(self, lease: Lease, lost: Unknown, first: FirstTry, asked_at: datetime) -> None:
        """Its first try is not listed: queue it to be sent once more, or look again until that is certain."""
        since = self.context.suspend_detector.since_sent(first.answered_at)
        first = first.unseen(asked_at, since)
        if first.is_absent:
            due = replace(lease.job, first_try=first.at_stage(Stage.DUE))
            await self.context.move(replace(lease, job=due), Queued(waits_for=ONCE_MORE), 0.0)
            self.context.counters.repeated_orders += 1
        else:
            watched = replace(lease.job, first_try=first)
            await self.context.move(replace(lease, job=watched), lost, first.until_look(self.context.now(), since))

    async def _without_that_name(self, lease: Lease, lost: Unknown) -> None:
        """Whatever bears the name of this very request belongs to this order, and nothing else does.

        A missing name proves nothing: many services show a video's name only once it is done.
        """
        if self.context.now() - lost.sent_at < NAMED_WITHIN:
            await self._look_again(lease, lost)
        else:
            await self.context.move(lease, set_aside_for_review(lost, NOT_BY_NAME))  # the sweep keeps looking for it

    async def _not_listed(
        self, lease: Lease, lost: Unknown, provider: Provider, seen: Sighting, *, settled: bool
    ) -> None:
        """The service's list shows nothing that is certainly this order's."""
        if not settled or (provider.lists_late and self.context.now() - lost.sent_at < ENDED_WITHIN):
            await self._look_again(lease, lost)
        elif seen.may_be:
            await self.context.move(lease, set_aside_for_review(lost, AMBIGUOUS))
        elif provider.lists_late:  # it may still be made; even then the sweep gives it its video
            await self.context.move(lease, set_aside_for_review(lost, NOT_LISTED))
        else:
            await self._missed(lease, replace(lost, absent=lost.absent + 1))

    async def _without_a_list(self, lease: Lease, lost: Unknown) -> None:
        """A service that was told where to call does so when the video is done; otherwise nobody can know."""
        is_called = self.context.callback(lease.job, lost.sent_at) is not None
        if is_called and self.context.now() - lost.sent_at < CALLED_WITHIN:
            await self._look_again(lease, lost)
        else:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))

    async def _adopt(self, lease: Lease, lost: Unknown, remote_id: str, sent_at: datetime) -> None:
        adopted = Rendering(remote_id=remote_id, started_at=sent_at, method=method_of(lease.job, sent_at))
        own = replace(lease, job=as_made_of(lease.job, sent_at))
        try:
            await self.context.move(own, adopted, self.context.poll_schedule.first())
        except NotFree:  # another process was faster
            await self._look_again(lease, lost)

    async def _missed(self, lease: Lease, lost: Unknown) -> None:
        if lost.absent >= COMPLETE_LISTINGS:
            first = lease.job.first_try
            reason = ABSENT if first is None or first.sent_at == lost.sent_at else TWICE
            end = Failed(cause=Cause.PROVIDER, reason=reason, charged=False, finished_at=self.context.now())
            await self.context.move(lease, end)
        else:
            await self._look_again(lease, lost)

    async def _look_again(self, lease: Lease, lost: Unknown) -> None:
        if self.context.now() - lost.sent_at >= GIVE_UP:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))
        else:
            pause = PAUSES[lost.looks - 1] if lost.looks <= len(PAUSES) else LATER_PAUSE
            await self.context.move(lease, lost, pause)


def _watched(job: Job, seen: Sighting, asked_at: datetime) -> Job:
    """The job after a lookup.

    Something that may be the order interrupts the series of lookups that did not show it, and some time later none of
    them counts any more.
    """
    first = job.first_try
    if first is None or not job.is_made_sure_of:
        return job
    if first.is_too_old(asked_at):
        return job.with_first_try(Stage.OVER)
    return replace(job, first_try=replace(first, absent_at=())) if seen.may_be else job


def _not_taken(job: Job, provider: Provider, seen: Sighting) -> FirstTry | None:
    """The first try of an order that is sent once more, if this lookup indicates that it was not accepted."""
    is_absent = provider.shows_at_once and seen.is_told and not seen.may_be
    return job.first_try if job.is_made_sure_of and is_absent else None
