"""Names that members give to what they keep."""

from __future__ import annotations

from unicodedata import normalize


def tidied(name: str, most: int) -> str:
    """In one line, without what nobody sees; cut to so many characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())[:most].strip()


def key_of(name: str) -> str:
    """What two spellings of a name share."""
    return normalize("NFKC", name).casefold()
