"""Whole numbers as people type them, on a keyboard of any script."""

from __future__ import annotations

from unicodedata import normalize

LONGEST = 18  # digits; int refuses thousands of them


def whole_number(typed: str) -> int | None:
    """`8`, or `８` from a Japanese keyboard; None if it is no such number."""
    plain = normalize("NFKC", typed).strip()
    return int(plain) if plain.isdecimal() and len(plain) <= LONGEST else None
