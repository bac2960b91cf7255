"""Words for pictures, each letter in the first font that has it.

DejaVu Sans is shipped: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters look the same everywhere.
For others, as Chinese, Thai or Devanagari ones, the fonts of the machine are asked. What no font has is left out, and
words that are not whole without it are told in other letters: no chart has boxes for missing ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

OWN = str(Path(__file__).with_name("DejaVuSans.ttf"))
# By file, as Pillow looks for them in the folders of the system: Debian's, those of Windows, and those of macOS.
ELSEWHERE = (
    *("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "FreeSans.ttf", "Lohit-Devanagari.ttf", "Garuda.ttf"),
    *("msyh.ttc", "YuGothM.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf"),
    *("Arial Unicode.ttf", "Kohinoor.ttc", "Thonburi.ttc"),
)
ONE_ALPHABET = "NotoSans{alphabet}-Regular.ttf"  # as Noto's fonts are called, such as NotoSansThai-Regular.ttf
PROBE = 16  # pixels: letters this large are told apart
NEVER_ASSIGNED = "\U0010ffff"  # shows what a font draws for a letter that it does not have
NO_LETTERS = {"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn"}  # emoji, other signs, and what is invisible or unassigned
MARKS = {"Mn", "Mc", "Me"}  # above, below or beside a letter, and drawn with it
WITH_EMOJI = "\u200d\ufe0f"  # between and behind them; nobody sees them
ELLIPSIS = "…"
Font = ImageFont.FreeTypeFont


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Fonts, as Pillow finds them, and the pieces of the text that each of them draws."""
    names = list[str]()
    for letter in text:
        belongs = letter.isspace() or unicodedata.category(letter) in MARKS
        names.append(names[-1] if names and belongs and _has(names[-1], letter) else _home(letter))
    for name, pieces in groupby(zip(names, text, strict=True), lambda pair: pair[0]):
        yield name, "".join(letter for _, letter in pieces)


def width(text: str, size: int) -> float:
    """In pixels."""
    return sum(font(name, size).getlength(piece) for name, piece in runs(text))


def fitting(text: str, size: int, room: float) -> str:
    """The text in one line, its end cut so that it takes at most `room` pixels."""
    words = drawable(text)
    if width(words, size) <= room:
        return words
    while words and width(words + ELLIPSIS, size) > room:
        words = words[:-1].rstrip()
    return words + ELLIPSIS


def drawable(text: str) -> str:
    """In one line, without what no font here has."""
    return " ".join("".join(letter for letter in text if letter.isspace() or _is_drawn(letter)).split())


def legible(text: str, instead: str) -> str:
    """The text, or what is given `instead` of it where it lacks more than signs, or all that it has."""
    seen = [letter for letter in text if letter not in WITH_EMOJI]
    is_whole = all(_is_drawn(letter) or unicodedata.category(letter) in NO_LETTERS for letter in seen)
    return text if is_whole and (drawable("".join(seen)) or not text) else instead


@cache
def font(name: str, size: int) -> Font:
    """Raises OSError when there is none of that name."""
    return ImageFont.truetype(name, size)


@cache
def _home(letter: str) -> str:
    """The first font that has it; our own where none has."""
    alphabet = unicodedata.name(letter, "").partition(" ")[0].title()
    fonts = (OWN, ONE_ALPHABET.format(alphabet=alphabet), *ELSEWHERE)
    return next((name for name in fonts if _has(name, letter)), OWN)


def _has(name: str, letter: str) -> bool:
    """Told by its picture: a letter that is missing looks like all missing ones."""
    probe = _probe(name)
    return letter.isspace() or (probe is not None and bytes(probe.getmask(letter)) != _missing(probe))


@cache
def _probe(name: str) -> Font | None:
    """None when there is none; for each, Pillow goes through all folders of fonts.

    In its basic layout a mark stands alone, such as a Thai vowel. Raqm puts a circle below it, had or not.
    """
    try:
        return ImageFont.truetype(name, PROBE, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


@cache
def _missing(probe: Font) -> bytes:
    return bytes(probe.getmask(NEVER_ASSIGNED))


@cache
def _is_drawn(letter: str) -> bool:
    return _has(_home(letter), letter)
