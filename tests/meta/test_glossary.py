"""Kinora's terms: each once in the glossary, with a name from the code, and no retired term anywhere."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "bot" / "providers" / "ADDING_A_PROVIDER.md"]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| (.*) \| ([^|]+) \|$", GLOSSARY, re.MULTILINE)[1:]
TERMS = [term for term, _, _ in ROWS]
ONE_SENTENCE = re.compile(r"[A-Z][^.?!]*\.")
SHIPPED = ("bot", "cogs", "storage")

# Retired everywhere: the glossary has the standard term.
METAPHORS = re.compile(
    "accents?|courier|darkroom|desk|detours?|doorkeeper|foyer|ladder|leafing|notebook|rungs?|shelf|shelves|studios?|"
    "switchboard|tally|tallies|verdicts?|wakefulness"
)
# Fine as ordinary English in the name of a test, but retired in all other names.
ORDINARY = re.compile("chance|doubt|seats?|spot|wish|wishes")

# Names given by others, each with its reason.
GIVEN = {
    "accent_colour": "Discord's word for the stripe of a container",
    "accent_color": "the same in its API",
}
SPOKEN = {
    ("docs/how-to/services.md", "studio"): "AI Studio is Google's",
    ("README.md", "studio"): "likewise, and what Kinora makes of a server",
}
ALLOWED = {
    "studio": "packages of what members do with finished videos",
    "accent": "the demo's option --accent, and the simulated host's word for it",
    "accents": "a module of the sandbox",
    "SIMULATED_ACCENTS": "what is in it",
}


def words_of(identifier: str) -> set[str]:
    """`RemixPlan` and `remix_plan` both consist of remix and plan."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier)}


@cache
def is_retired(identifier: str) -> bool:
    words = words_of(identifier)
    if identifier in GIVEN:
        return False
    if not identifier.startswith("test_") and any(ORDINARY.fullmatch(word) for word in words):
        return True
    return any(METAPHORS.fullmatch(word) for word in words)


def python_files(*tops: str) -> Iterator[Path]:
    """All files except those of the sandbox and its tests, which use a theatre's vocabulary."""
    for top in tops:
        yield from (path for path in sorted((ROOT / top).rglob("*.py")) if "sandbox" not in path.parts)


@cache
def words_in(path: Path) -> frozenset[str]:
    """Every word that could be a name. Only files with a matching word are tokenized, because that is slow."""
    return frozenset(re.findall(r"[^\W\d]\w*", path.read_text())) | {path.stem}


def identifiers(path: Path) -> frozenset[str]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return frozenset(token.string for token in tokens if token.type == tokenize.NAME) | {path.stem}


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_glossary_has_each_term_once_in_the_alphabets_order() -> None:
    assert len(TERMS) > 60
    assert [(one, other) for one, other in pairwise(TERMS) if one.casefold() >= other.casefold()] == []


def test_each_term_has_one_sentence() -> None:
    assert [term for term, _, sentence in ROWS if not ONE_SENTENCE.fullmatch(sentence)] == []


def test_each_name_in_the_glossary_is_in_the_code() -> None:
    names = {name for _, code, _ in ROWS for name in re.findall(r"`([^`]+)`", code)}
    assert len(names) > 50
    unknown = {name for name in names if not (ROOT / "bot" / "jobs" / name).is_dir()}
    for path in python_files(*SHIPPED):
        if unknown & words_in(path):
            unknown -= identifiers(path)
    assert unknown == set()


@cache
def retired_names() -> dict[str, list[str]]:
    """Each retired name with the files that use it."""
    found: dict[str, list[str]] = {}
    for path in python_files(*SHIPPED, "tests", "bench"):
        if path != Path(__file__):
            retired = set(filter(is_retired, words_in(path)))
            for name in retired & identifiers(path) if retired else ():
                found.setdefault(name, []).append(named(path))
    return found


def test_no_retired_word_is_a_name_in_the_code() -> None:
    assert {name: files for name, files in retired_names().items() if name not in ALLOWED} == {}


def test_every_exception_is_still_needed() -> None:
    assert sorted(set(ALLOWED) - set(retired_names())) == []


def test_no_page_speaks_of_metaphors() -> None:
    texts = {named(page): re.sub(r"`[^`]*`", "", page.read_text()).lower() for page in PAGES}
    found = [
        (page, word) for page, text in texts.items() for word in re.findall(r"\w+", text) if METAPHORS.fullmatch(word)
    ]
    assert [each for each in found if each not in SPOKEN] == []
