"""Where settings come from: the environment, files named by `NAME__FILE`, and `.env`, all cleaned the same way."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values

from bot.domain.errors import CannotStart
from bot.domain.texts.files import NotTextError, cleaned, decoded, is_one_line

ENV_FILE = Path(".env")
FILE_SUFFIX = "__FILE"
ALIKE = 0.86  # of difflib's ratio; DATABASE_URI is a slip
STRANGERS = frozenset({"HTTP_PROXY", "HTTPS_PROXY"})  # they look like HTTP_PORT and are settings of their own


def read_texts(names: Iterable[str], lists: Collection[str]) -> Mapping[str, object]:
    """What is set of these names (in capitals): the environment first, then `.env`. An empty text counts as none.

    `lists` are written as JSON. Raises CannotStart for what is not text.
    """
    sources = [environment(), written_in(ENV_FILE)]
    found = {name: next(filter(None, (_text(source, name) for source in sources)), None) for name in names}
    return {
        name: _json(name, text) if name in lists else _on_one_line(name, text)
        for name, text in found.items()
        if text is not None
    }


def environment() -> Mapping[str, str]:
    """By names in capitals."""
    return {name.upper(): value for name, value in os.environ.items()}


def written_in(path: Path) -> Mapping[str, str]:
    """The settings in a file like `.env`, by names in capitals; none when there is no such file."""
    if not path.exists() or path.is_dir():  # it may be a pipe, and a virtual environment may have that name
        return {}
    text = _read(str(path), _content(path, str(path)))
    return {name.upper(): value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def misspelt(known: Iterable[str]) -> list[str]:
    """A sentence for each name, in the environment and in `.env`, that is nearly one of the settings."""
    names = sorted(form for name in known for form in (name, name + FILE_SUFFIX))
    written = written_in(ENV_FILE) if ENV_FILE.is_file() else {}  # a pipe was read once, and is empty now
    given = sorted({*environment(), *written} - {*names, *STRANGERS})
    nearest = ((name, get_close_matches(name, names, n=1, cutoff=ALIKE)) for name in given)
    return [f"{name} is not a setting; did you mean {meant[0]}?" for name, meant in nearest if meant]


def at_home(path: Path) -> Path:
    """`~` is the home folder, as in a shell. Raises ValueError where there is none."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path} begins with ~, and there is no home folder here") from None


def _text(source: Mapping[str, str], name: str) -> str:
    text, path = _value(source, name), _value(source, name + FILE_SUFFIX)
    return text if text or not path else _secret(name + FILE_SUFFIX, path)


def _value(source: Mapping[str, str], name: str) -> str:
    """What the system could not read in its own encoding is read as files are."""
    return cleaned(_read(name, os.fsencode(source.get(name, ""))))


def _secret(name: str, path: str) -> str:
    try:
        file = at_home(Path(path))
    except ValueError as error:
        raise CannotStart(f"{name} is not right: {error}.") from None
    return cleaned(_read(f"The file {path} of {name}", _content(file, f"{name} points to {path}, which")))


def _content(path: Path, subject: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{subject} cannot be read: {error.strerror}.") from None


def _read(subject: str, data: bytes) -> str:
    try:
        return decoded(data)
    except NotTextError:
        raise CannotStart(f"{subject} is not text. Write it anew with a plain text editor, as UTF-8.") from None


def _on_one_line(name: str, text: str) -> str:
    if not is_one_line(text):
        raise CannotStart(f"{name} is not right: it has a line break or an invisible character in it. Write it anew.")
    return text


def _json(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise CannotStart(f"{name} has to be written as JSON.") from None
