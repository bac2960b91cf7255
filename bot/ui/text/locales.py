"""How each language formats the parts of a message."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.domain.texts.languages import ENGLISH

LISTS_AS = {ENGLISH: "en_GB"}  # "4, 8 or 12", without a comma before the last
CATALOGUES = Path(__file__).with_name("catalogues")


@cache
def locale_of(name: str) -> Locale:
    return Locale.parse(name)


@cache
def translations(name: str) -> NullTranslations:
    """The catalogue of a language. English needs none, as the sentences themselves are English."""
    file = CATALOGUES / f"{name}.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:  # 50 ms for a whole language; done once, when it is first needed
        write_mo(compiled, read_po(source, locale=name))
    compiled.seek(0)
    return GNUTranslations(compiled)
