"""Looking for a video whose order was sent and whose answer was lost: found and adopted, proven absent, or undecided.

The service may still be taking the order when we stop listening, so "absent" may be said only after two complete
listings in a row that were both asked for past the settle window, and that show nothing which could be it. Nothing is
ever sent again from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.errors import AccountTrouble, NotFree, Unavailable
from bot.domain.job import Lease
from bot.domain.messages import msg
from bot.domain.phases import Cause, Failed, Rendering, Unknown
from bot.domain.ports.provider import Listed, Provider
from bot.jobs.context import StepContext
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.matching import (
    SETTLE,
    WIDE,
    Expected,
    MatchConfidence,
    expectations,
    owner,
    sent_ones,
    unclaimed,
)
from bot.jobs.reconcile.naming import named_for
from bot.jobs.steps.set_aside import set_aside_for_review

PAUSES = (10.0, 30.0)  # seconds after the first and second look (so: +5, +15, +45 s); then every minute
LATER_PAUSE = 60.0
COMPLETE_LISTINGS = 2
GIVE_UP = timedelta(hours=24)
CALLED_WITHIN = timedelta(minutes=15)  # of the order; a later call is heard too, but a person is asked by then
NAMED_WITHIN = timedelta(minutes=15)  # of the order, where its service knows it by our name
ENDED_WITHIN = timedelta(hours=1)  # of the order, where only what has ended is listed; a person is asked then

ABSENT = msg("The video service never received this order.")
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


@dataclass(frozen=True, slots=True)
class RecoverOrder:
    """Resolves jobs in `Unknown`."""

    context: StepContext

    async def look(self, lease: Lease, lost: Unknown) -> None:
        provider, asked_at = self.context.providers.get(lease.job.account), self.context.now()
        if provider is None:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))
            return
        if wait := self.context.throttle.left(provider.name, Request.FREE, asked_at):
            await self.context.move(lease, lost, wait)
            return
        try:
            named = await named_for(self.context.provider_orders, provider, lease.job, lost.sent_at)
            listed = None if named is not None else await self._listed(provider, lost)
        except AccountTrouble as trouble:
            await self.context.circuit.trouble(provider, trouble)
            await self._look_again(lease, replace(lost, looks=lost.looks + 1, absent=0))
        except Unavailable as trouble:
            self.context.throttle.hear(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            await self._look_again(lease, replace(lost, looks=lost.looks + 1, absent=0))
        else:
            if named is not None or listed is not None:  # most services without either were not asked anything
                await self.context.works(provider.name)
            if named is not None:
                await self._by_name(lease, replace(lost, looks=lost.looks + 1), named)
                return
            await self._judge(lease, replace(lost, looks=lost.looks + 1), provider, listed, asked_at)

    async def _listed(self, provider: Provider, lost: Unknown) -> Sequence[Listed] | None:
        return await provider.recent(lost.sent_at - WIDE, self.context.catalogue.cards.values())

    async def _by_name(self, lease: Lease, lost: Unknown, named: Sequence[str]) -> None:
        """What bears the name of this very request is this order's, and nothing else is.

        That there is none proves nothing: many services show a video by its name only once it is done.
        """
        if named:
            await self._adopt(lease, lost, named[0])
        elif self.context.now() - lost.sent_at < NAMED_WITHIN:
            await self._look_again(lease, lost)
        else:
            await self.context.move(lease, set_aside_for_review(lost, NOT_BY_NAME))  # the sweep still looks for it

    async def _judge(
        self, lease: Lease, lost: Unknown, provider: Provider, listed: Sequence[Listed] | None, asked_at: datetime
    ) -> None:
        if listed is None:
            await self._without_a_list(lease, lost)
            return
        # In this order: a video whose id is stored in between counts as known.
        context = self.context
        orders = sent_ones(
            await expectations(context.provider_orders, context.catalogue, provider.name, context.suspend_detector)
        )
        free = await unclaimed(self.context.provider_orders, provider.name, listed)
        mine = next((order for order in orders if order.job.id == lease.job.id), None)
        fitting = [] if mine is None else [entry for entry in free if mine.fit(entry) is not MatchConfidence.NO]
        settled = asked_at - self.context.suspend_detector.since_sent(lost.sent_at) >= SETTLE
        only_one = settled and not provider.lists_late  # no more can come
        if mine is not None and (found := _found(mine, fitting, orders, settled=only_one)):
            await self._adopt(lease, lost, found.remote_id)
        elif not settled or (provider.lists_late and self.context.now() - lost.sent_at < ENDED_WITHIN):
            await self._look_again(lease, lost)
        elif fitting:
            await self.context.move(lease, set_aside_for_review(lost, AMBIGUOUS))
        elif provider.lists_late:  # it may still be made; the sweep gives it its video even then
            await self.context.move(lease, set_aside_for_review(lost, NOT_LISTED))
        else:
            await self._missed(lease, replace(lost, absent=lost.absent + 1))

    async def _without_a_list(self, lease: Lease, lost: Unknown) -> None:
        """A service that was told where to call does so when the video is done; otherwise nobody can know."""
        if self.context.callback(lease.job) is not None and self.context.now() - lost.sent_at < CALLED_WITHIN:
            await self._look_again(lease, lost)
        else:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))

    async def _adopt(self, lease: Lease, lost: Unknown, remote_id: str) -> None:
        adopted = Rendering(remote_id=remote_id, started_at=lost.sent_at, method=lost.method)
        try:
            await self.context.move(lease, adopted, self.context.poll_schedule.first())
        except NotFree:  # another process was quicker
            await self._look_again(lease, lost)

    async def _missed(self, lease: Lease, lost: Unknown) -> None:
        if lost.absent >= COMPLETE_LISTINGS:
            end = Failed(cause=Cause.PROVIDER, reason=ABSENT, charged=False, finished_at=self.context.now())
            await self.context.move(lease, end)
        else:
            await self._look_again(lease, lost)

    async def _look_again(self, lease: Lease, lost: Unknown) -> None:
        if self.context.now() - lost.sent_at >= GIVE_UP:
            await self.context.move(lease, set_aside_for_review(lost, UNDECIDED))
        else:
            pause = PAUSES[lost.looks - 1] if lost.looks <= len(PAUSES) else LATER_PAUSE
            await self.context.move(lease, lost, pause)


def _found(mine: Expected, fitting: Sequence[Listed], orders: Sequence[Expected], *, settled: bool) -> Listed | None:
    """The oldest video that is surely this order's; or, once no more can come, the only one that may be."""
    sure = [entry for entry in fitting if mine.fit(entry) is MatchConfidence.SURE and owner(entry, orders) is mine]
    if sure:
        return sure[0]
    if (
        settled
        and len(fitting) == 1
        and mine.fit(fitting[0]) is MatchConfidence.NAMELESS
        and owner(fitting[0], orders) is mine
    ):
        return fitting[0]
    return None
