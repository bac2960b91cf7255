"""Names that members give to what they keep, and whether there is anything to see of a text."""

from __future__ import annotations

from unicodedata import category, normalize

BLANK_SIGNS = "\u115f\u1160\u2800\u3164\uffa0"  # letters of Hangul and Braille by their category, drawn as nothing


def is_blank(text: str) -> bool:
    """Whether nothing is seen of it: spaces, control characters, and marks that are on no letter."""
    return all(category(char)[0] in "CMZ" or char in BLANK_SIGNS for char in text)


def tidied(name: str, most: int) -> str:
    """In one line, without what nobody sees; cut to so many characters. Empty where nobody sees any of it."""
    plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())[:most].strip()
    return "" if is_blank(plain) else plain


def key_of(name: str) -> str:
    """What two spellings of a name share."""
    return normalize("NFKC", name).casefold()
