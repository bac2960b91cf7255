"""Text that people write with editors, shells and consoles of every kind, read the same way wherever it comes from."""

from __future__ import annotations

import codecs
import unicodedata

QUOTES = (('"', '"'), ("'", "'"), ("`", "`"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"))
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # it begins like the mark of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNSEEN_AROUND = "\ufeff\u200b\u2060\x00"  # besides spaces: what copying from a web page leaves at either end
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode categories that show nothing on one line


class NotTextError(ValueError):
    """The bytes are not text in any encoding that we know."""


def decoded(data: bytes) -> str:
    """The text, its lines ended as here: UTF-8, UTF-16 (as PowerShell 5 writes) or Windows' cp1252.

    Raises NotTextError.
    """
    try:
        text = _decoded(data)
    except UnicodeDecodeError:
        raise NotTextError("it is not text") from None
    if "\x00" in text:
        raise NotTextError("it is not text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def cleaned(text: str) -> str:
    """One value without unintended characters: spaces, line breaks and quotes around it, and invisible marks."""
    text = _trimmed(text)
    for first, last in QUOTES:
        if len(text) > 1 and text.startswith(first) and text.endswith(last):
            return _trimmed(text[1:-1])
    return text


def storable(text: str) -> str:
    """Without what databases refuse: lone surrogates and NUL."""
    return text.replace("\x00", "").encode(errors="replace").decode().strip()


def is_one_line(text: str) -> bool:
    """Whether everything in it is visible: no line breaks, control characters or invisible marks."""
    return not any(unicodedata.category(character) in UNSEEN for character in text)


def on_one_line(text: str) -> str:
    """The text with invisible characters escaped as in Python, so that it is exactly one line."""
    return "".join(_spelled(each) if unicodedata.category(each) in UNSEEN else each for each in text)


def _spelled(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _trimmed(text: str) -> str:
    """`strip` knows every blank of Unicode, but not the invisible marks, and they come mixed."""
    trimmed = text.strip().strip(UNSEEN_AROUND)
    return text if trimmed == text else _trimmed(trimmed)


def _decoded(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding)
    if utf16 := _unmarked_utf16(data):
        return data.decode(utf16)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252")


def _unmarked_utf16(data: bytes) -> str | None:
    """Western text in UTF-16 has a zero in every other byte."""
    half = len(data) // 2
    if half and data[1::2].count(0) > 0.8 * half:
        return "utf-16-le"
    return "utf-16-be" if half and data[::2].count(0) > 0.8 * half else None
