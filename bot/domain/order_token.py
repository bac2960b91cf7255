"""A mark of our own on every paid request: where a service shows it again, an order whose answer was lost is found.

It follows from what is stored before the request, so nothing else has to be kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED

HEX_OF_A_SEED = 8  # digits


def order_token(job_id: JobId, sent_at: datetime) -> str:
    """32 hexadecimal digits, others for each time that a job is sent."""
    return hashlib.sha256(f"{job_id} {int(sent_at.timestamp())}".encode()).hexdigest()[:32]


def seed_of(token: str) -> int:
    """The token as a seed that every service takes."""
    return int(token[:HEX_OF_A_SEED] or "0", 16) & LARGEST_SEED
