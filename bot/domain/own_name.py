"""A name of our own for every paid request: where a service shows it again, an order whose answer was lost is found.

It follows from what is stored before the request, so nothing else has to be kept.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED


def own_name(job_id: JobId, sent_at: datetime) -> str:
    """Letters, digits and a dash; another for each time that a job is sent."""
    mark = hashlib.sha256(f"{job_id} {int(sent_at.timestamp())}".encode()).hexdigest()[:16]
    return f"{job_id}-{mark}"


def seed_of(name: str) -> int:
    """The name as a seed that every service takes, for those that show nothing else of ours again."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) & LARGEST_SEED
