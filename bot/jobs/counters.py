"""Counts of what has happened in this process since it started, for the operator's monitoring."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """They only ever grow. The database knows the current state; this knows what it took to get there."""

    paid_requests: Counter[str] = field(default_factory=Counter)  # by outcome
    repeated_orders: int = 0  # orders resent automatically because their service failed to accept them
    failed_posts: Counter[str] = field(default_factory=Counter)  # "refused" for good, or "trouble" that is temporary
    rescues: int = 0  # steps taken over from a worker that died
    fenced_writes: int = 0  # writes refused, or steps dropped, because another worker took the job over
    rate_limits: int = 0  # rate-limit answers from Discord
    webhook_calls: Counter[str] = field(default_factory=Counter)  # by result, or why they were not accepted
    webhook_tries: Counter[str] = field(default_factory=Counter)  # attempts to deliver outgoing webhooks, by outcome
    unattributed_videos: int = 0  # videos at a service that no order here knows

    def rate_limited(self) -> None:
        self.rate_limits += 1
