"""What a service has made under the name that we gave one request of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.job import Job
from bot.domain.own_name import own_name
from bot.domain.ports.provider import Provider
from bot.domain.ports.provider_orders import ProviderOrders


async def named_for(ours: ProviderOrders, provider: Provider, job: Job, sent_at: datetime) -> Sequence[str] | None:
    """Ids of what bears the name of the job's request of then, and is no order's yet; None where no names are kept.

    What bears the name of its first try counts, too.

    Raises Unavailable and AccountTrouble.
    """
    first = job.first_try
    named = list[str]()
    for moment in dict.fromkeys([sent_at] if first is None else [sent_at, first.sent_at]):
        found = await provider.find(own_name(job.id, moment))
        if found is None:
            return None
        named += found
    taken = await ours.known(provider.name, named)
    return [remote_id for remote_id in named if remote_id not in taken]
