"""What all signed webhooks have in common: they are recent, JSON, and about an id that can be stored."""

from __future__ import annotations

import json
import re
from datetime import datetime

from bot.domain.ports.webhooks import UnreadableCallError

WINDOW = 300.0  # seconds that a signature is valid, in both directions
ID = re.compile(r"[\x21-\x7e]{1,300}")  # an id is stored and logged, so it holds nothing that could forge a line
MOMENT = re.compile(r"\d{1,12}", re.ASCII)  # Unix seconds


def is_young(moment: str, now: datetime) -> bool:
    """Whether a webhook's Unix timestamp is recent."""
    return MOMENT.fullmatch(moment) is not None and abs(now.timestamp() - int(moment)) <= WINDOW


def is_storable(remote_id: str) -> bool:
    return ID.fullmatch(remote_id) is not None


def json_of(body: bytes) -> object:
    """Raises UnreadableCallError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableCallError from None
