"""Text for pictures, each letter in the first font that has it.

DejaVu Sans is shipped: Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters look the same everywhere.
For other scripts, such as Chinese, Thai or Devanagari, the machine's fonts are used. Letters that no font has are left
out, and a text that would be incomplete is replaced by one in other letters: no chart shows boxes for missing letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

OWN = str(Path(__file__).with_name("DejaVuSans.ttf"))
# File names, as Pillow looks for them in the system's font folders: Debian's, those of Windows, and those of macOS.
ELSEWHERE = (
    *("NotoSansCJK-Regular.ttc", "wqy-microhei.ttc", "FreeSans.ttf", "Lohit-Devanagari.ttf", "Garuda.ttf"),
    *("msyh.ttc", "YuGothM.ttc", "malgun.ttf", "Nirmala.ttc", "Nirmala.ttf", "LeelawUI.ttf"),
    *("Arial Unicode.ttf", "Kohinoor.ttc", "Thonburi.ttc"),
)
ONE_ALPHABET = "NotoSans{alphabet}-Regular.ttf"  # how Noto's fonts are named, such as NotoSansThai-Regular.ttf
PROBE = 16  # pixels: the size at which letters are compared
NEVER_ASSIGNED = "\U0010ffff"  # shows what a font draws for a missing letter
NO_LETTERS = {"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn"}  # emoji, other symbols, and invisible or unassigned characters
MARKS = {"Mn", "Mc", "Me"}  # above, below or beside a letter, and drawn with it
WITH_EMOJI = "\u200d\ufe0f"  # between and after emoji; invisible
ELLIPSIS = "…"
Font = ImageFont.FreeTypeFont


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The fonts, as Pillow finds them, and the pieces of the text that each of them draws."""
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
    """The text in one line, truncated to at most `room` pixels."""
    words = drawable(text)
    if width(words, size) <= room:
        return words
    while words and width(words + ELLIPSIS, size) > room:
        words = words[:-1].rstrip()
    return words + ELLIPSIS


def drawable(text: str) -> str:
    """In one line, without letters that no available font has."""
    return " ".join("".join(letter for letter in text if letter.isspace() or _is_drawn(letter)).split())


def legible(text: str, instead: str) -> str:
    """The text; `instead` of it if more than symbols can't be drawn; or as much of it as can be."""
    seen = [letter for letter in text if letter not in WITH_EMOJI]
    is_whole = all(_is_drawn(letter) or unicodedata.category(letter) in NO_LETTERS for letter in seen)
    return text if is_whole and (drawable("".join(seen)) or not text) else instead


@cache
def font(name: str, size: int) -> Font:
    """Raises OSError if there is no font of that name."""
    return ImageFont.truetype(name, size)


@cache
def _home(letter: str) -> str:
    """The first font that has the letter; ours if none has."""
    alphabet = unicodedata.name(letter, "").partition(" ")[0].title()
    fonts = (OWN, ONE_ALPHABET.format(alphabet=alphabet), *ELSEWHERE)
    return next((name for name in fonts if _has(name, letter)), OWN)


def _has(name: str, letter: str) -> bool:
    """Compares pictures: a missing letter looks like any other missing letter."""
    probe = _probe(name)
    return letter.isspace() or (probe is not None and bytes(probe.getmask(letter)) != _missing(probe))


@cache
def _probe(name: str) -> Font | None:
    """None if there is none; for each font, Pillow searches all font folders.

    In its basic layout a combining mark is drawn alone, such as a Thai vowel. Raqm adds a circle below it, whether or
    not the font has the mark.
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
