"""An order while one of its ways is tried, and as its member agreed to it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.job import Job, Lease
from bot.jobs.ordering.remix import RemixOption


def at_price_of(option: RemixOption, lease: Lease) -> Lease:
    """The lease on a job that will be as long and as dear as its method makes it. What is reserved is never less."""
    return replace(lease, job=replace(lease.job, request=option.of(lease.job.request), quote=option.price))


def as_agreed(agreed: Job, lease: Lease) -> Lease:
    """The lease on the order as its member agreed to it: what was tried was not taken."""
    return replace(lease, job=replace(lease.job, request=agreed.request, quote=agreed.quote))
