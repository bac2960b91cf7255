"""The languages that Kinora supports, and the language of whoever reads a task's output.

Discord and browsers send languages as tags such as `pt-BR`; here they have the names of our catalogues.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

ENGLISH = "en"
# Each by its own name for itself.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt_BR": "Português (Brasil)",
}

_reader: ContextVar[str] = ContextVar("language of whoever reads", default=ENGLISH)


def reader() -> str:
    """The language of whoever reads this task's output; English if nobody has said."""
    return _reader.get()


def read_in(language: str) -> None:
    """From here on, for the rest of this task."""
    _reader.set(language)


@contextmanager
def reading(language: str) -> Iterator[None]:
    """Within the context, this task's output is for readers of that language."""
    before = _reader.set(language)
    try:
        yield
    finally:
        _reader.reset(before)


def language_of(tag: str) -> str:
    """Of a language as Discord names it (https://docs.discord.com/developers/reference#locales); English if unknown."""
    return _known(tag) or ENGLISH


def accepted(header: str) -> str:
    """The one of ours that a browser prefers (Accept-Language, RFC 9110 §12.5.4)."""
    offers = [each.strip().partition(";q=") for each in header.split(",")]
    liked = sorted(offers, key=lambda offer: -_weight(offer[2]))
    return next((language for tag, _, __ in liked if (language := _known(tag.strip()))), ENGLISH)


def tag_of(language: str) -> str:
    """As pages declare it."""
    return language.replace("_", "-")


def _known(tag: str) -> str | None:
    exact = tag.replace("-", "_")
    return next((each for each in LANGUAGES if each.split("_")[0] == exact.split("_")[0].lower()), None)


def _weight(written: str) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0
