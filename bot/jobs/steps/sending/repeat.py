"""Before an order is sent once more: a final lookup for what may have been made of its first try.

Since it was declared absent, it has waited in the queue for a slot, an approval or a paused server. If its video exists
by now, it belongs to this order, and nothing is sent.
"""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, NotFree, Unavailable
from bot.domain.job import Lease
from bot.domain.phases import Queued, Rendering, Unknown
from bot.domain.recovery.first_try import WITHIN, FirstTry
from bot.jobs.context import StepContext
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.searching import Sighting, search
from bot.jobs.steps.recover import AMBIGUOUS, LATER_PAUSE, ONCE_MORE, UNDECIDED
from bot.jobs.steps.set_aside import set_aside_for_review


@wired
class RepeatOrder:
    """Looks after queued jobs that were already sent once."""

    context: StepContext

    async def may_go(self, lease: Lease) -> bool:
        """Whether it may be sent now. False: it was moved on, to its video, to a person, or to wait."""
        first = lease.job.untaken_try
        return first is None or await self._is_not_there(lease, first)

    async def _is_not_there(self, lease: Lease, first: FirstTry) -> bool:
        provider, asked_at = self.context.providers[lease.job.account], self.context.now()
        if wait := self.context.throttle.seconds_left(provider.name, Request.FREE, asked_at):
            await self._wait(lease, wait)
            return False
        try:
            seen = await search(self.context, provider, lease.job, first.sent_at)
        except AccountTrouble as trouble:
            await self._wait(lease, await self.context.circuit.note_refusal(provider, trouble))
        except Unavailable as trouble:
            self.context.throttle.hold(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            await self._wait(lease, LATER_PAUSE)
        else:
            return await self._is_absent(lease, first, seen, is_told=seen.is_told and provider.shows_at_once)
        return False

    async def _is_absent(self, lease: Lease, first: FirstTry, seen: Sighting, *, is_told: bool) -> bool:
        if seen.remote_id is not None:
            await self._adopt(lease, first, seen.remote_id)
        elif is_told and not seen.may_be:
            return True
        elif self.context.now() - first.absent_at[-1] < WITHIN:  # what looks like it may be another order's
            await self._wait(lease, LATER_PAUSE)
        else:
            lost = Unknown(sent_at=first.sent_at, fingerprint="", method=first.method)
            await self.context.move(lease, set_aside_for_review(lost, AMBIGUOUS if seen.may_be else UNDECIDED))
        return False

    async def _adopt(self, lease: Lease, first: FirstTry, remote_id: str) -> None:
        adopted = Rendering(remote_id=remote_id, started_at=first.sent_at, method=first.method)
        try:
            await self.context.move(lease, adopted, self.context.poll_schedule.first())
        except NotFree:  # another process was faster
            await self._wait(lease, LATER_PAUSE)

    async def _wait(self, lease: Lease, seconds: float) -> None:
        await self.context.move(lease, Queued(waits_for=ONCE_MORE), seconds)
