"""How each language formats the parts of a message."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from importlib import import_module
from pathlib import Path

from babel import Locale

from bot.domain.texts.languages import ENGLISH

LISTS_AS = {ENGLISH: "en_GB"}  # "4, 8 or 12", without a comma before the last
CATALOGUES = Path(__file__).with_name("catalogues")
READER, READ = "bot.ui.text.catalogue_files", "read_catalogue"


@cache
def locale_of(name: str) -> Locale:
    return Locale.parse(name)


@cache
def translations(name: str) -> NullTranslations:
    """The catalogue of a language. English needs none, as the sentences themselves are English."""
    file = CATALOGUES / f"{name}.po"
    if not file.is_file():
        return NullTranslations()
    # 50 ms for a whole language; done once, when it is first needed
    found: NullTranslations = getattr(import_module(READER), READ)(file, name)
    return found
