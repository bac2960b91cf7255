"""Collects the sentences that people read from the source code, with Babel, and updates the catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from bot.domain.texts.languages import ENGLISH, LANGUAGES
from bot.ui.text.locales import CATALOGUES

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("bot", "cogs", "storage")
LEFT_OUT = "bot/sandbox"  # the simulated Discord is for testers
# What marks a sentence: `msg` and `msg_n`, and discord.py's own marker in the descriptions of commands.
KEYWORDS = {"msg": None, "msg_n": (1, 2), "locale_str": None}
SAME_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # in the header of each catalogue, so that only sentences change it
WIDTH = 120


def catalogue(root: Path = ROOT) -> Catalog:
    """All marked sentences, each with its place in the code."""
    found = _empty(None)
    for file in _with_marks(root):
        where = file.relative_to(root).as_posix()
        for line, message, comments, context in extract_from_file("python", file, KEYWORDS):
            found.add(message, locations=[(where, line)], auto_comments=comments, context=context)
    return found


def _with_marks(root: Path) -> Iterator[Path]:
    """Files that contain a marker at all; Babel is slow, and most files have no sentences."""
    for room in ROOMS:
        for file in sorted((root / room).rglob("*.py")):
            if not file.is_relative_to(root / LEFT_OUT) and any(mark in file.read_text("utf-8") for mark in KEYWORDS):
                yield file


def extract(path: Path, root: Path = ROOT) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue(root), sort_output=True, width=WIDTH)


def update(folder: Path = CATALOGUES, root: Path = ROOT) -> Iterator[tuple[str, int, int]]:
    """Update the sentences in each catalogue. Yields language, number of sentences, and number of untranslated ones."""
    template = catalogue(root)
    for language in LANGUAGES:
        if language != ENGLISH:
            ours = read(folder / f"{language}.po", language)
            ours.update(template, no_fuzzy_matching=True, update_creation_date=False)
            ours.obsolete.clear()
            with (folder / f"{language}.po").open("wb") as file:
                write_po(file, ours, no_location=True, sort_output=True, width=WIDTH)
            sentences = [message for message in ours if message.id]
            yield language, len(sentences), sum(not is_translated(message) for message in sentences)


def read(file: Path, language: str) -> Catalog:
    """A stored catalogue; an empty one if there is none yet."""
    if not file.is_file():
        return _empty(language)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def is_translated(message: Message) -> bool:
    """Whether every form has a text. Fuzzy ones were translations of another sentence, and are not used."""
    string = message.string
    return not message.fuzzy and bool(string) and (isinstance(string, str) or all(string or ()))


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        project="Kinora",
        version="",
        copyright_holder="the Kinora authors",
        msgid_bugs_address="",
        last_translator="the Kinora authors",
        language_team="the Kinora authors",
        charset="utf-8",
        header_comment="# Sentences of Kinora. `python -m bot.ui.text update` brings this file up to date.",
        fuzzy=False,
        creation_date=SAME_DATE,
        revision_date=SAME_DATE,
    )
