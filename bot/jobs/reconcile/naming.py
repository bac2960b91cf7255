"""What a service has made under the name that we gave one request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.own_name import own_name
from bot.domain.ports.provider import Provider
from bot.domain.ports.provider_orders import ProviderOrders


@value_object
class FoundByName:
    """What bears our name for one request."""

    remote_id: str
    sent_at: datetime  # of the request: a job may have sent two


async def named_for(
    ours: ProviderOrders, provider: Provider, job: Job, sent_at: datetime
) -> Sequence[FoundByName] | None:
    """What bears the name of the job's earlier request and belongs to no order yet; None if the service keeps no names.

    What bears the name of its first try counts, too. Raises Unavailable and AccountTrouble.
    """
    first = job.first_try_here
    named = list[FoundByName]()
    for moment in dict.fromkeys([sent_at] if first is None else [sent_at, first.sent_at]):
        found = await provider.find(own_name(job.id, moment))
        if found is None:
            return None
        named += [FoundByName(remote_id=remote_id, sent_at=moment) for remote_id in found]
    taken = await ours.known(provider.name, [each.remote_id for each in named])
    return [each for each in named if each.remote_id not in taken]
