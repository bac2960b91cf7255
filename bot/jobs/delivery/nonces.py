"""Nonces, by which Discord knows a message again that was posted before, for a while."""

from __future__ import annotations

import hashlib
from datetime import timedelta

NONCE_HOLDS = timedelta(minutes=2)  # Discord answers a repeated nonce with the first message for "a few minutes"


def nonce_of(kind: str, *about: object) -> str:
    """At most 25 characters. The same for each try of one message, in whatever process or version."""
    words = " ".join(str(each) for each in about)
    return f"k1{kind}-{hashlib.sha256(words.encode()).hexdigest()[:20]}"
