"""Text for pictures: wrapped to a width, in any script that the available fonts support."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont

from bot.data_classes import value_object

# Pillow's own font is always available, but has little more than ASCII. The others are used if a machine has them.
SYSTEM_FONTS = ("DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "NotoSans-Regular.ttf", "Arial Unicode.ttf")
NEVER_ASSIGNED = "\U0010ffff"  # shows what a font draws for a missing letter
ELLIPSIS = "…"
ENOUGH = 0.6  # share of the letters that must be drawable; with fewer a prompt is illegible anyway

Font = ImageFont.FreeTypeFont


@value_object(kw_only=False)
class Lettering:
    """Lines of text and the font that can draw them."""

    lines: tuple[str, ...]
    font: Font
    leading: int  # pixels from line to line

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)


def set_text(text: str, size: int, width: int, most_lines: int) -> Lettering:
    """Break `text` into lines of at most `width` pixels; text that does not fit is truncated with an ellipsis."""
    font = best_font(text, size)
    lines = wrap(readable(text, font), font, width)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], shortened(lines[most_lines - 1] + ELLIPSIS, font, width)]
    return Lettering(tuple(lines), font, round(size * 1.3))


def best_font(text: str, size: int) -> Font:
    """The font that has most of the letters; Pillow's own if none has more."""
    return max(fonts(size), key=lambda font: sum(has(font, letter) for letter in set(text)))


@lru_cache(maxsize=32)
def fonts(size: int) -> tuple[Font, ...]:
    own = ImageFont.load_default(size)
    found = [own] if isinstance(own, ImageFont.FreeTypeFont) else []
    for name in SYSTEM_FONTS:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue
    return tuple(found)


@lru_cache(maxsize=4096)
def has(font: Font, letter: str) -> bool:
    """Whether the font has this letter, by comparing pictures: all missing letters look the same."""
    if letter.isspace():
        return True
    drawn, missing = font.getmask(letter), font.getmask(NEVER_ASSIGNED)
    return drawn.size != missing.size or bytes(drawn) != bytes(missing)


def readable(text: str, font: Font) -> str:
    """The text as far as the font can draw it: accents are dropped before letters, and unreadable text is named."""
    drawn = "".join(letter if has(font, letter) else plain(letter, font) for letter in text)
    letters = [letter for letter in text if not letter.isspace()]
    if sum(has(font, letter) for letter in drawn if not letter.isspace()) >= ENOUGH * len(letters):
        return " ".join(drawn.split())
    return f"(a prompt in {script_of(letters[0])} letters)"


def plain(letter: str, font: Font) -> str:
    """é as e, ﬁ as fi; nothing if there is no plainer form."""
    return "".join(part for part in unicodedata.normalize("NFKD", letter) if has(font, part))


def script_of(letter: str) -> str:
    name = unicodedata.name(letter, "unknown").split()[0]
    return name if name == "CJK" else name.capitalize()


def wrap(text: str, font: Font, width: int) -> list[str]:
    """Lines of whole words; a word wider than a line is broken anywhere, as are scripts without spaces."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
            continue
        pieces = broken(word, font, width)
        lines += pieces
    return [line for line in lines if line]


def broken(word: str, font: Font, width: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and font.getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def shortened(line: str, font: Font, width: int) -> str:
    """The line, truncated so that it fits with an ellipsis."""
    while font.getlength(line) > width and len(line) > 1:
        line = line[: -len(ELLIPSIS) - 1].rstrip() + ELLIPSIS
    return line
