"""Translations keep their placeholders and fit Discord's limits, and every list of languages has all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from babel.messages.catalog import Message as Entry

from bot.domain.texts.languages import ENGLISH, LANGUAGES, reading
from bot.sandbox.discord.checks.command_checks import MOST_CHARACTERS
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.ui.interactions.buttons import JobButton
from bot.ui.text.commands import CommandTexts
from bot.ui.text.extract import read
from bot.ui.text.locales import CATALOGUES
from bot.ui.text.render import plain_text
from bot.wiring.cogs.commands import commands_only
from tests.meta.every_form import every_form

ROOT = Path(__file__).resolve().parents[2]
TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
PLACEHOLDER = re.compile(r"\{\w+\}")
TYPED = re.compile(r"`/[^`]*`")  # commands, whose names are the same in every language
QUOTED_VALUE = re.compile(r"'\{\w+\}'")
MARKS = re.compile("[„“”«»「」]")
QUOTES = {"de": "„“", "es": "«»", "fr": "«»", "ja": "「」", "pt_BR": "“”"}  # one kind for what is typed and for names
LONGEST_LABEL = 80  # of a button
LONGEST_TEXT = 100  # a description, or the name of a choice
LONGEST_NAME = 32  # of an entry in a menu


def translated(language: str) -> Iterator[tuple[str, str]]:
    """Each text with its translation; of plurals, only the last form."""
    for entry in read(CATALOGUES / f"{language}.po", language):
        if entry.id and entry.string and all(entry.string):
            yield _last(entry.id), _last(entry.string)


def _last(forms: Any) -> str:
    return forms if isinstance(forms, str) else str(forms[-1])


def forms_of(entry: Entry) -> list[str]:
    return [entry.string] if isinstance(entry.string, str) else list(entry.string or ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demo_offers_each_language_and_the_readme_names_it(language: str) -> None:
    offered = (ROOT / "bot" / "sandbox" / "page" / "language.js").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f": {json.dumps(LANGUAGES[language], ensure_ascii=False)}," in offered
    assert (
        str(Locale.parse(language.partition("_")[0]).english_name)
        in readme.partition("available in")[2].partition(".")[0]
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_values_and_commands_of_its_sentence(language: str) -> None:
    different = [
        (text, said)
        for text, said in translated(language)
        for pattern in (PLACEHOLDER, TYPED)
        if set(pattern.findall(text)) != set(pattern.findall(said))
    ]
    assert not different


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_has_one_kind_of_quotation_marks(language: str) -> None:
    odd = [
        form
        for entry in read(CATALOGUES / f"{language}.po", language)
        if entry.id
        for form in forms_of(entry)
        if QUOTED_VALUE.search(form) or set(MARKS.findall(form)) - set(QUOTES[language])
    ]
    assert not odd


def test_what_is_quoted_in_french_is_set_apart_by_blanks_that_break_no_line() -> None:
    forms = [form for entry in read(CATALOGUES / "fr.po", "fr") if entry.id for form in forms_of(entry)]
    assert not [form for form in forms if re.search("«(?!\u00a0)|(?<!\u00a0)»", form)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_form_of_what_is_counted_can_be_filled_in(language: str) -> None:
    for entry in read(CATALOGUES / f"{language}.po", language):
        known = {each for text in entry.id for each in PLACEHOLDER.findall(text)} if entry.pluralizable else set()
        if entry.pluralizable and entry.string and all(entry.string):
            assert all(set(PLACEHOLDER.findall(form)) <= known for form in forms_of(entry)), entry.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_can_be_opened(language: str) -> None:
    with reading(language):
        for form in every_form():
            check_modal({"type": 9, "data": form.to_dict()})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_about_a_video_has_room_for_its_label(language: str) -> None:
    long = [text for each in JobButton.__subclasses__() if len(text := plain_text(each.text, language)) > LONGEST_LABEL]
    assert not long


async def test_what_describes_commands_fits_in_every_language() -> None:
    bot = await commands_only()
    for command in bot.tree.get_commands():
        told = await command.get_translated_payload(bot.tree, CommandTexts())
        for key, text in localized(told):
            assert len(text) <= (LONGEST_NAME if key == "name_localizations" else LONGEST_TEXT), text
        assert characters(told) <= MOST_CHARACTERS, command.name


def localized(part: Any) -> Iterator[tuple[str, str]]:
    """Names of choices are extracted as names, and may be as long as descriptions."""
    if isinstance(part, list):
        for each in part:
            yield from localized(each)
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in {"name_localizations", "description_localizations"}:
                yield from (("choice" if "value" in part else key, text) for text in value.values())
            else:
                yield from localized(value)


def characters(part: Mapping[str, Any]) -> int:
    """What counts against a command's size limit: the longest language of each name and description.

    See https://docs.discord.com/developers/interactions/application-commands#localization.
    """
    own = sum(
        max(map(len, [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]))
        for key in ("name", "description")
    )
    values = len(str(part["value"])) if "value" in part else 0
    below = [*(part.get("options") or []), *(part.get("choices") or [])]
    return own + values + sum(map(characters, below))
