"""The words of a text, as they are looked for and found: the same on every database, in every alphabet.

Case, accents and width do not matter. A word is found by its beginning: `fox` finds foxes. What stands in quotes is
found as it is, word after word. Scripts that put no blanks between words, such as Japanese and Thai, are kept as
overlapping pairs of letters, so that any part of such a text is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from unicodedata import category, combining, normalize

from bot.data_classes import value_object

LONGEST_WORD = 64  # characters that count
MOST_TERMS = 10  # search terms; more are ignored
LONGEST_SEARCH = 100  # characters
ACCENTED = "\u0590"  # Latin, Greek and Cyrillic lie before it: the marks of others are vowels, and tell words apart
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
RUN = rf"[{UNSPACED}]+|[^{UNSPACED}\s]+"  # compiled at its first use: that takes 3 ms
QUOTES = re.compile(r"[\"“”„«»「」『』]")
IS_UNSPACED = rf"[{UNSPACED}]"  # likewise


@value_object
class SearchTerm:
    """Consecutive words; the last may be the beginning of a longer one."""

    words: tuple[str, ...]
    begins: bool


def words_of(text: str) -> Sequence[str]:
    """Everything it can be found by, in the order of the text."""
    return [word for run in re.findall(RUN, _plain(text)) for word in _kept(run)]


def terms_of(typed: str) -> Sequence[SearchTerm]:
    """The search terms, all of which have to be found. Empty if no letter was typed."""
    parts = QUOTES.split(typed[:LONGEST_SEARCH])
    found = [term for number, part in enumerate(parts) for term in _terms(part, is_quoted=number % 2 == 1)]
    return list(dict.fromkeys(found))[:MOST_TERMS]


def _kept(run: str) -> Iterator[str]:
    """Of a script without blanks each pair of letters, and the last letter alone: so each begins a word."""
    if not re.match(IS_UNSPACED, run):
        yield run[:LONGEST_WORD]
        return
    yield from (one + other for one, other in pairwise(run))
    yield run[-1]


def _terms(part: str, *, is_quoted: bool) -> Iterator[SearchTerm]:
    if is_quoted:
        yield from _phrase(_plain(part), begins=False)
        return
    for typed in part.split():
        yield from _phrase(_plain(typed), begins=True)


def _phrase(plain: str, *, begins: bool) -> Iterator[SearchTerm]:
    """One for the spaced words in a row, one for each run of the others between them."""
    spaced = list[str]()
    for run in re.findall(RUN, plain):
        if not re.match(IS_UNSPACED, run):
            spaced.append(run[:LONGEST_WORD])
            continue
        if spaced:
            yield SearchTerm(words=tuple(spaced), begins=False)
            spaced.clear()
        pairs = tuple(one + other for one, other in pairwise(run))
        yield SearchTerm(words=pairs or (run,), begins=not pairs)
    if spaced:
        yield SearchTerm(words=tuple(spaced), begins=begins)


class _LettersOnly(dict[int, int]):
    """For `str.translate`: letters, their marks and digits as they are, everything else as spaces."""

    def __missing__(self, point: int) -> int:
        kept = self[point] = point if category(chr(point))[0] in "LMN" else ord(" ")
        return kept


_letters_only = _LettersOnly()


def _plain(text: str) -> str:
    """Without case, width and diacritics, and with spaces for everything that is no letter or digit."""
    kept, base = list[str](), ""
    for char in normalize("NFD", normalize("NFKC", text).casefold()):
        if not combining(char):
            base = char
        elif base < ACCENTED:
            continue
        kept.append(char)
    return normalize("NFC", "".join(kept)).translate(_letters_only)
