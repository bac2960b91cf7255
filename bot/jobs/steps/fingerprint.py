"""Tells apart two orders that a service's list may show alike."""

from __future__ import annotations

import hashlib

from bot.domain.ports.provider import Order


def fingerprint(host: str, order: Order) -> str:
    """The same for two orders that a list could not tell apart, and different for all others."""
    picture = hashlib.sha256(order.picture).hexdigest() if order.picture else ""
    parts = (host, order.card.remote, order.prompt, order.seconds, order.size, order.method, order.source_id, picture)
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
