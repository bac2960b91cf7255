"""The world's limits and times. Tests shorten the waits; the defaults are the real ones."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024
BOOSTED = {2: 50 * MIB, 3: 100 * MIB}  # upload limit by premium tier


@dataclass(slots=True, kw_only=True)
class Rules:
    ack_seconds: float = 3.0  # until the first answer to an interaction
    token_seconds: float = 900.0  # lifetime of an interaction's token
    nonce_seconds: float = 300.0  # how long an enforced nonce is remembered
    heartbeat_seconds: float = 41.25
    network_seconds: float = 0.05  # delay of a heartbeat's acknowledgement
    upload_limit: int = 20 * MIB  # bytes for each file, in an unboosted server
    real_buckets: bool = True  # False: no rate limits except scripted ones

    def upload_limit_of(self, premium_tier: int) -> int:
        return max(self.upload_limit, BOOSTED.get(premium_tier, 0))
