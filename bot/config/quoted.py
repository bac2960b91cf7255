"""Quotes what somebody wrote in a sentence about it, shortened in case a whole file was pasted."""

from __future__ import annotations

LONGEST = 80  # characters


def short(written: object) -> str:
    text = str(written)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def quoted(written: object) -> str:
    """In quotes, with invisible characters spelled out."""
    return repr(short(written))
