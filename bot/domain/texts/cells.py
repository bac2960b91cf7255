"""Text in files that spreadsheets open."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how one begins (https://owasp.org/www-community/attacks/CSV_Injection)


def cell(words: str) -> str:
    """Shown as text, and never calculated."""
    return f"'{words}" if words.startswith(FORMULA) else words
