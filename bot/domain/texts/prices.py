"""What a video costs, in words, on cards and on web pages."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, Money, msg, value
from bot.domain.phases import Cancelled, Failed


def price_of(job: Job) -> Message | None:
    """None if there is no video and nothing was paid."""
    if isinstance(job.phase, Failed | Cancelled) and not job.phase.charged:
        return None
    return value(Money(job.charge)) if job.is_charge_known else msg("about {price}", price=Money(job.quote))
