"""By what two orders are told apart that a service's listing may show alike, and the name that one has for itself."""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.domain.ids import JobId
from bot.domain.ports.provider import Order


def fingerprint(host: str, order: Order) -> str:
    """The same for two orders a listing could not tell apart, and for no others."""
    picture = hashlib.sha256(order.picture).hexdigest() if order.picture else ""
    parts = (host, order.card.remote, order.prompt, order.seconds, order.size, order.method, order.source_id, picture)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def own_name(job_id: JobId, print_: str, sent_at: datetime) -> str:
    """Our name for one paid request, which the stored intent gives again: letters, digits and a dash.

    Another request of the same job has another one, and so has a job of that id of somebody else's Kinora.
    """
    parts = f"{job_id}\0{print_}\0{int(sent_at.timestamp())}"
    return f"{job_id}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"
