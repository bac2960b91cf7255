"""Buttons, menus and pages are called in the guides what they are called in Discord."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.ui.text.extract import catalogue

ROOT = Path(__file__).resolve().parents[2]
GUIDES = [
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
    *(ROOT / "docs" / page for page in ("tour.md", "privacy.md", "reference/commands.md", "reference/export.md")),
]
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LEAD = re.compile(r"^(?:[-*] |\d+\. )?\*\*[^*]+\*\*", re.MULTILINE)  # the first words of a paragraph, in bold
BOLD = re.compile(r"\*\*([^*]+)\*\*")
VALUE = re.compile(r"\{\w+\}|\d+")
DISCORDS_OWN = {"Apps"}
NOT_NAMES = {"before", "after"}  # stressed words


def named_controls(text: str) -> Iterator[str]:
    """What is in bold, except at the head of a paragraph, where only controls that open something end in `…`."""
    text = CODE.sub("", text)
    heads = {match.start(): match[0] for match in LEAD.finditer(text)}
    for match in BOLD.finditer(text):
        name = " ".join(match[1].split())
        is_head = any(start <= match.start() < start + len(head) for start, head in heads.items())
        if not is_head or name.endswith("…"):
            yield name


def labels() -> set[str]:
    """Every text in Discord, and what is in bold in it."""
    texts = [text for entry in catalogue() for text in ([entry.id] if isinstance(entry.id, str) else entry.id)]
    bold = [part for text in texts for part in BOLD.findall(text)]
    return {form for text in (*texts, *bold) for form in forms(text)}


def forms(text: str) -> set[str]:
    """With … for its values; without a price or a number at its end, and without a full stop or … there."""
    return {VALUE.sub("…", text).rstrip(".… "), re.split(r"(?: ·)? \(?(?:\{|\d)", text)[0].rstrip(".…")}


def test_every_control_that_a_guide_names_exists() -> None:
    known = labels() | DISCORDS_OWN | NOT_NAMES
    named = [(page.name, name) for page in GUIDES for name in named_controls(page.read_text(encoding="utf-8"))]
    assert len(named) > 200
    assert [(page, name) for page, name in named if not forms(name) & known] == []
