"""By what two orders are told apart that a service's listing may show alike."""

from __future__ import annotations

import hashlib

from bot.domain.ports.provider import Order


def fingerprint(host: str, order: Order) -> str:
    """The same for two orders a listing could not tell apart, and for no others."""
    picture = hashlib.sha256(order.picture).hexdigest() if order.picture else ""
    parts = (host, order.card.remote, order.prompt, order.seconds, order.size, order.method, order.source_id, picture)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
