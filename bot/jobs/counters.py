"""What has happened in this process, counted since its start: for the host's monitoring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Only ever grows. The database knows how things stand; this knows what it took."""

    paid_requests: Counter[str] = field(default_factory=Counter)  # by outcome
    repeated_orders: int = 0  # that are sent once more by themselves, as their service failed to take them
    failed_posts: Counter[str] = field(default_factory=Counter)  # "refused" for good, or "trouble" that passes
    rescues: int = 0  # steps taken over from a worker that died
    fenced_writes: int = 0  # writes refused, or steps dropped, because somebody else had taken the job on
    rate_limits: int = 0  # answers of Discord that asked to slow down
    webhook_calls: Counter[str] = field(default_factory=Counter)  # by what became of them, or why they were not taken
    webhook_tries: Counter[str] = field(default_factory=Counter)  # of webhooks out, by outcome
    unattributed_videos: int = 0  # videos at a service that no order here knows

    def rate_limited(self) -> None:
        self.rate_limits += 1
