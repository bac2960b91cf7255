"""Our own name for every paid request: if a service shows it again, an order whose answer was lost can be found.

It is derived from what is stored before the request, so nothing else has to be stored.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED


def own_name(job_id: JobId, sent_at: datetime) -> str:
    """Letters, digits and a dash; a different one each time a job is sent."""
    mark = hashlib.sha256(f"{job_id} {int(sent_at.timestamp())}".encode()).hexdigest()[:16]
    return f"{job_id}-{mark}"


def seed_of(name: str) -> int:
    """The name as a seed that every service accepts, for those that show nothing else of ours again."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) & LARGEST_SEED
