"""What a service shows of one order whose answer was lost: its video, something that may be it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.ports.provider import Listed, Provider
from bot.jobs.context import StepContext
from bot.jobs.reconcile.matching import WIDE, Expected, MatchConfidence, expectations, owner, sent_ones, unclaimed
from bot.jobs.reconcile.naming import named_for


@value_object
class Sighting:
    """By default, nothing was found."""

    remote_id: str | None = None  # of the video that is certainly this order's
    sent_at: datetime | None = None  # of the request that made it, which may be the first of two; only with a video
    may_be: bool = False  # the list shows something that may be it
    by_name: bool = False  # it was looked for by our name for it
    is_told: bool = True  # False: the service has neither a list nor our names, and was mostly not asked at all


async def search(
    context: StepContext, provider: Provider, job: Job, sent_at: datetime, *, is_complete: bool = False
) -> Sighting:
    """`is_complete`: nothing new can appear any more. Raises Unavailable and AccountTrouble."""
    named = await named_for(context.provider_orders, provider, job, sent_at)
    if named is not None:
        if not named:
            return Sighting(by_name=True)
        return Sighting(remote_id=named[0].remote_id, sent_at=named[0].sent_at, by_name=True)
    listed = await provider.recent(sent_at - WIDE, context.catalogue.cards.values())
    if listed is None:
        return Sighting(is_told=False)
    # The order matters: a video whose id is stored in between counts as known.
    orders = sent_ones(
        await expectations(context.provider_orders, context.catalogue, provider.name, context.suspend_detector)
    )
    free = await unclaimed(context.provider_orders, provider.name, listed)
    mine = next((order for order in orders if order.job.id == job.id), None)
    if mine is None:
        return Sighting()
    fitting = [entry for entry in free if mine.fit(entry) is not MatchConfidence.NO]
    found = _found(mine, fitting, orders, is_complete=is_complete)
    if found is None:
        return Sighting(may_be=bool(fitting))
    return Sighting(remote_id=found.remote_id, sent_at=mine.made_of(found), may_be=True)


def _found(
    mine: Expected, fitting: Sequence[Listed], orders: Sequence[Expected], *, is_complete: bool
) -> Listed | None:
    """The oldest video that is certainly this order's; or, if nothing new can appear, the only one that may be."""
    sure = [entry for entry in fitting if mine.fit(entry) is MatchConfidence.SURE and owner(entry, orders) is mine]
    if sure:
        return sure[0]
    if (
        is_complete
        and len(fitting) == 1
        and mine.fit(fitting[0]) is MatchConfidence.NAMELESS
        and owner(fitting[0], orders) is mine
    ):
        return fitting[0]
    return None
