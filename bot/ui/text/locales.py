"""The languages people read, whose turn it is to read, and how each language writes what a message is made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.texts.languages import ENGLISH, LANGUAGES

LISTS_AS = {ENGLISH: "en_GB"}  # "4, 8 or 12", without a comma before the last
CATALOGUES = Path(__file__).with_name("catalogues")

_reader: ContextVar[str] = ContextVar("language of whoever reads", default=ENGLISH)


def reader() -> str:
    """The language of whoever reads what this task says; English where nobody has said."""
    return _reader.get()


def read_in(language: str) -> None:
    """From here on, for the rest of this task."""
    _reader.set(language)


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Within it, what this task says is for readers of that language."""
    before = _reader.set(language)
    try:
        yield
    finally:
        _reader.reset(before)


def language_of(tag: str) -> str:
    """Of a language as Discord names it (https://docs.discord.com/developers/reference#locales); English if unknown."""
    exact = tag.replace("-", "_")
    return next((each for each in LANGUAGES if each == exact or each.split("_")[0] == exact.split("_")[0]), ENGLISH)


@cache
def locale_of(name: str) -> Locale:
    return Locale.parse(name)


@cache
def translations(name: str) -> NullTranslations:
    """The catalogue of a language. The sentences themselves are English, so that needs none."""
    file = CATALOGUES / f"{name}.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:  # 50 ms for all of a language; once, when somebody first reads it
        write_mo(compiled, read_po(source, locale=name))
    compiled.seek(0)
    return GNUTranslations(compiled)
