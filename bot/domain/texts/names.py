"""Names and reasons as members type them, and whether a text shows anything."""

from __future__ import annotations

from unicodedata import category, normalize

BLANK_SIGNS = "\u115f\u1160\u2800\u3164\uffa0"  # letters of Hangul and Braille by their category, drawn as nothing
PICTURES_FROM, UNSEEN_FROM = "\U00010000", "\U000e0000"  # between them, each version of Unicode adds emoji and scripts


def is_blank(text: str) -> bool:
    """Whether it shows nothing: spaces, control characters, and marks that are on no letter."""
    return all(char in BLANK_SIGNS or (category(char)[0] in "CMZ" and not _is_newer(char)) for char in text)


def tidied(name: str, most: int) -> str:
    """On one line, without invisible characters, cut to so many characters. Empty if nothing is visible."""
    seen = "".join(char if char.isprintable() or _is_newer(char) else " " for char in name)
    plain = words_of(seen, most).strip()
    return "" if is_blank(plain) else plain


def words_of(typed: str, most: int) -> str:
    """On one line, cut to so many characters."""
    return " ".join(typed.split())[:most]


def _is_newer(char: str) -> bool:
    """A letter or emoji that Python's tables do not have yet; those of 3.11 end in 2021."""
    return PICTURES_FROM <= char < UNSEEN_FROM and category(char) == "Cn"


def key_of(name: str) -> str:
    """What two spellings of a name have in common."""
    return normalize("NFKC", name).casefold()
