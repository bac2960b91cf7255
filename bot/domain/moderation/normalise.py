"""Normalises texts for comparison with a server's lists, removing tricks that disguise words.

Two readings of a text are compared, because one alone would miss something: `plain` keeps its alphabet, and `latin`
replaces each look-alike with its Latin letter.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

from bot.data_classes import value_object

# Marks that are mere decoration. Those of scripts that write their vowels with marks stay, as they are part of the
# words.
DECORATION = re.compile("[\u0300-\u036f\u0488\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
# Invisible: soft hyphens, joiners, direction marks, variation selectors, fillers, tags.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# Letters in boxes, in circles, small capitals, and those with a stroke or a tail, by their names in Unicode.
LETTER = re.compile(
    r".*(?:LATIN (?:SMALL|CAPITAL) LETTER|LATIN LETTER SMALL CAPITAL|INDICATOR SYMBOL LETTER) ([A-Z])(?: WITH .+)?"
)


@value_object(kw_only=False)
class Readings:
    """A text in both readings, which are mostly the same."""

    plain: str
    latin: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.plain,) if self.plain == self.latin else (self.plain, self.latin)


def readings(text: str) -> Readings:
    shown = DECORATION.sub("", unicodedata.normalize("NFKD", UNSEEN.sub("", text)))
    whole = unicodedata.normalize("NFKC", shown)
    return Readings(plain=_folded(whole), latin=_folded(" ".join(map(_latin, whole.split()))))


def _folded(text: str) -> str:
    """Case-folded, and with one space for each run of white space."""
    return " ".join(unicodedata.normalize("NFKC", text.casefold()).split())


def _latin(word: str) -> str:
    """With Latin letters in place of look-alikes.

    A small letter is less ambiguous: a capital I looks like a small L. Next to Latin letters, a letter whose capital is
    a look-alike counts as one too; alone it doesn't, or half of all Russian words would be English.
    """
    is_mixed = any(letter.isascii() and letter.isalpha() for letter in word)
    return "".join(letter if letter.isascii() else _alike(letter, is_mixed=is_mixed) for letter in word)


def _alike(letter: str, *, is_mixed: bool) -> str:
    alike, small = look_alikes(), letter.casefold()
    found = alike.get(small) or alike.get(letter) or _by_name(letter)
    return found or (alike.get(letter.upper()) if is_mixed else None) or letter


def _by_name(letter: str) -> str | None:
    named = LETTER.fullmatch(unicodedata.name(letter, ""))
    return named[1].lower() if named else None


@cache
def look_alikes() -> Mapping[str, str]:
    """Letters of other alphabets, each with the ASCII letter that it can be mistaken for according to Unicode's list
    (UTS #39).

    Reading the list takes some 12 ms, once.
    """
    with resources.files("confusable_homoglyphs").joinpath("confusables.json").open(encoding="utf-8") as listed:
        found = {letter: [each["c"] for each in alike] for letter, alike in json.load(listed).items()}
    ours = {letter: next(filter(_is_plain_letter, alike), None) for letter, alike in found.items()}
    return {letter: alike for letter, alike in ours.items() if alike is not None and not letter.isascii()}


def _is_plain_letter(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isalnum()
