"""Orders that were sent once more, automatically or by a manager, although the first request had been accepted.

As long as the second request has not been sent, the video is the job's own after all, and nothing is paid for twice.
After that, both are paid for: the first one becomes a separate order, which is booked, fetched and shown like any
other.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, Gone, MovedOn, NotFree, Unavailable, asks_to_wait
from bot.domain.ids import new_id
from bot.domain.job import Job
from bot.domain.money.usd import FREE
from bot.domain.phases import Rendering, Unsent
from bot.domain.ports.provider import Look, Provider, Ready, Waiting
from bot.domain.ports.provider_orders import LostOrder
from bot.domain.recovery.first_try import FirstTry
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.context import StepContext
from bot.jobs.reconcile.matching import sent_as
from bot.jobs.reconcile.naming import named_for
from bot.jobs.reconcile.unattributed import FURTHEST

log = logging.getLogger(__name__)


@wired
class DoubledOrders:
    """What turns up of requests in whose place others were sent."""

    context: StepContext

    async def open(self, account: str) -> Sequence[LostOrder]:
        """Requests that may still turn up and whose video would not be the job's own."""
        found = await self.context.provider_orders.replaced(account, self.context.now() - FURTHEST)
        return [lost for lost in found if not lost.is_of(lost.job.open_first_try)]

    async def take_named(self, provider: Provider, open_ones: Sequence[LostOrder]) -> Sequence[LostOrder]:
        """Give them whatever bears our name for them, or has the id they had.

        Returns those that were given nothing. Raises Unavailable and AccountTrouble.
        """
        return [lost for lost in open_ones if not await self._is_found(provider, lost)]

    async def _is_found(self, provider: Provider, lost: LostOrder) -> bool:
        ids, made_at = await self._ids(provider, lost), lost.replaced.sent_at
        return any([await self.take_unless_unseen(provider, lost, remote_id, made_at) for remote_id in ids])

    async def _ids(self, provider: Provider, lost: LostOrder) -> Sequence[str]:
        ours, replaced = self.context.provider_orders, lost.replaced
        if replaced.remote_id is None:
            alone = replace(lost.job, first_try=None)  # that video belongs to the second order
            named = await named_for(ours, provider, alone, replaced.sent_at) or ()
            return [each.remote_id for each in named[:1]]
        return [replaced.remote_id]

    async def take_unless_unseen(self, provider: Provider, lost: LostOrder, remote_id: str, made_at: datetime) -> bool:
        """Like `take`, but a single render that cannot be polled does not stop the others; it is polled again later.

        It does raise if the second order would be sent meanwhile.
        """
        try:
            return await self.take(provider, lost, remote_id, made_at)
        except Unavailable as trouble:
            is_account = isinstance(trouble, AccountTrouble)
            if is_account or asks_to_wait(trouble) or isinstance(lost.job.phase, Unsent):
                raise
            log.info("%s, which may be what was ordered first for %s: %s", remote_id, lost.job.id, trouble.sentence)
            return False

    async def take(self, provider: Provider, lost: LostOrder, remote_id: str, made_at: datetime) -> bool:
        """Give it its video, once that is finished. Returns whether it did. Raises Unavailable and AccountTrouble."""
        started = Rendering(remote_id=remote_id, started_at=made_at, method=lost.replaced.method)
        try:
            seen = await provider.look(remote_id)
            if isinstance(lost.job.phase, Unsent):
                if is_taken := _saves_an_order(lost, seen):
                    await self.context.decide(as_first_sent(lost.job, lost.replaced), started, 0.0)
            elif is_taken := _costs(seen):
                await self._book(_double(lost, started))
        except Gone:
            return False
        except (MovedOn, NotFree) as no:
            log.info("what was ordered first for %s is left alone for now: %s", lost.job.id, no.sentence)
            return False
        return is_taken

    async def _book(self, double: Job) -> None:
        stored = await self.context.queue.add_double(double)
        log.warning(
            "%s was ordered once more, and both orders were made: the other one is %s now, for %s",
            stored.doubles,
            stored.id,
            stored.quote,
        )
        self.context.events.tell(stored)


def _saves_an_order(lost: LostOrder, seen: Look) -> bool:
    """Whether nothing needs to be sent any more. A manager would not wait any longer for a render that was known."""
    return _costs(seen) or (isinstance(seen, Waiting) and lost.replaced.remote_id is None)


def _costs(seen: Look) -> bool:
    """A render still being made is polled again by the next sweep; one that failed free of charge costs nothing."""
    match seen:
        case Waiting():
            return False
        case Ready():
            return True
        case _:
            return seen.charged or (seen.cost or FREE) > FREE


def as_first_sent(job: Job, replaced: ReplacedOrder) -> Job:
    """The job at the account of this request, at its price, since it was not replaced after all.

    It may wait elsewhere by now.
    """
    others = tuple(each for each in job.replaced if each != replaced)
    return replace(job, account=replaced.account, quote=replaced.quote, replaced=others)


def as_made_of(job: Job, sent_at: datetime | None) -> Job:
    """The job whose video was made from its earlier request, while the outcome of its last request is unknown.

    If that is its first try, the last one may turn up as well.
    """
    last, method = sent_as(job)
    first = next((each for each in job.replaced if each.sent_at == sent_at), None)
    if last is None or first is None:
        return job
    lost = ReplacedOrder(account=job.account, sent_at=last, quote=job.quote, method=method)
    own = as_first_sent(job, first)
    return replace(own, replaced=(*own.replaced, lost))


def method_of(job: Job, sent_at: datetime | None) -> RemixMethod | None:
    """The remix method of its earlier request."""
    first = job.first_try
    return first.method if first is not None and first.sent_at == sent_at else sent_as(job)[1]


def _is_told_by(first: FirstTry | None, lost: LostOrder) -> bool:
    """Whether that first try explains why there are two: it is the lost one, or is the job's own after all.

    A request lost before it was resent by a manager.
    """
    if first is None or lost.is_of(first):
        return first is not None
    is_own = all(each.sent_at != first.sent_at for each in lost.job.replaced)
    return is_own and lost.replaced.sent_at > first.sent_at


def _double(lost: LostOrder, started: Rendering) -> Job:
    """As its member ordered it, at the price agreed to then."""
    replaced, first = lost.replaced, lost.job.first_try
    return replace(
        lost.job,
        id=new_id(),
        doubles=lost.job.id,
        account=replaced.account,
        quote=replaced.quote,
        promised=replaced.quote,
        phase=started,
        created_at=replaced.sent_at,
        cost=None,
        replaced=(),
        first_try=first if _is_told_by(first, lost) else None,
        batch=None,
        interaction_id=None,
        cancel_asked_by=None,
        render_seconds=None,
        progress_seen=(),
        deleted=False,
        expired_at=None,
    )
