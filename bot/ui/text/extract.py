"""Collects the sentences that people read from the source text, with Babel."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("bot", "cogs", "storage")
LEFT_OUT = ("bot/sandbox/**",)  # the pretend Discord speaks to testers
# What marks a sentence: `msg` and `msg_n`, and discord.py's own mark in what describes commands.
KEYWORDS = {"msg": None, "msg_n": (1, 2), "locale_str": None}


def catalogue(root: Path = ROOT) -> Catalog:
    """All marked sentences, each with where it is said."""
    found = Catalog(project="Kinora", copyright_holder="the Kinora authors", charset="utf-8", fuzzy=False)
    methods = [*((pattern, "ignore") for pattern in LEFT_OUT), *((f"{room}/**.py", "python") for room in ROOMS)]
    for file, line, message, comments, context in extract_from_dir(root, methods, keywords=KEYWORDS):
        found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def extract(path: Path, root: Path = ROOT) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue(root), sort_output=True, width=120)
