"""Nonces, by which Discord recognises a repeated post for a while."""

from __future__ import annotations

import hashlib
from datetime import timedelta

NONCE_HOLDS = timedelta(minutes=2)  # Discord answers a repeated nonce with the first message for "a few minutes"


def nonce_of(kind: str, *about: object) -> str:
    """The nonce of one message, at most 25 characters.

    It is the same for each attempt, in every process and version.
    """
    words = " ".join(str(each) for each in about)
    return f"k1{kind}-{hashlib.sha256(words.encode()).hexdigest()[:20]}"
