"""Where settings come from: the environment, files named by `NAME__FILE`, and `.env`, all cleaned in the same way."""

from __future__ import annotations

import errno
import io
import json
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values

from bot.config.quoted import short
from bot.domain.errors import CannotStart
from bot.domain.texts.files import NotTextError, cleaned, decoded, is_one_line

ENV_FILE = Path(".env")
FILE_SUFFIX = "__FILE"
COMMENT = re.compile(r"\s*#\s")


def read_texts(names: Iterable[str], lists: Collection[str]) -> Mapping[str, object]:
    """The values that are set for these names (in capitals): from the environment first, then from `.env`.

    An empty text counts as not set. `lists` are written as JSON. Raises CannotStart for anything that is not text.
    """
    sources = [environment(), written_in(ENV_FILE)]
    found = {name: _value_of(name, sources, lists) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def read_what_can_be(
    names: Iterable[str], lists: Collection[str], entered: Mapping[str, str]
) -> tuple[Mapping[str, object], Mapping[str, str]]:
    """As `read_texts`, but leaves out what cannot be read, with a sentence by its name. `entered` takes precedence."""
    values, troubles = dict[str, object](), dict[str, str]()
    sources = [entered, environment()]
    try:
        sources.append(written_in(ENV_FILE))
    except CannotStart as trouble:
        troubles[str(ENV_FILE)] = trouble.sentence
    for name in names:
        try:
            value = _value_of(name, sources, lists)
        except CannotStart as trouble:
            troubles[name] = trouble.sentence
        else:
            values |= {} if value is None else {name: value}
    return values, troubles


def environment() -> Mapping[str, str]:
    """By names in capitals. Compose and Docker pass a comment after an empty setting as its value."""
    return {name.upper(): "" if COMMENT.match(value) else value for name, value in os.environ.items()}


def written_in(path: Path) -> Mapping[str, str]:
    """The settings in a file like `.env`, by names in capitals; none if there is no such file."""
    if not path.exists() or path.is_dir():  # it may be a pipe, and a virtual environment may be called .env
        return {}
    text = _read(str(path), _content(path, str(path)))
    return {name.upper(): value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def at_home(path: Path) -> Path:
    """`~` is the home folder, as in a shell. Raises ValueError if there is none."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{short(path)} begins with ~, and there is no home folder here") from None


def leading_somewhere(path: Path) -> Path:
    """The path unchanged. Raises ValueError for a link that leads back to itself, and for a path that is too long."""
    try:
        os.path.realpath(path, strict=True)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError(f"{path} is a link that leads back to itself") from None
        if error.errno == errno.ENAMETOOLONG:
            raise ValueError(f"{short(path)} is too long for a path") from None
    return path


def _value_of(name: str, sources: Sequence[Mapping[str, str]], lists: Collection[str]) -> object:
    """From the first source that has it; None if none has."""
    text = next(filter(None, (_text(source, name) for source in sources)), None)
    if text is None:
        return None
    return _json(name, text) if name in lists else _on_one_line(name, text)


def _text(source: Mapping[str, str], name: str) -> str:
    text, path = _value(source, name), _value(source, name + FILE_SUFFIX)
    return text if text or not path else _secret(name + FILE_SUFFIX, path)


def _value(source: Mapping[str, str], name: str) -> str:
    """Bytes that are invalid in the system's encoding are decoded like those of a file."""
    return cleaned(_read(name, os.fsencode(source.get(name, ""))))


def _secret(name: str, path: str) -> str:
    try:
        file = at_home(Path(path))
    except ValueError as error:
        raise CannotStart(f"{name} is not right: {error}.") from None
    return cleaned(_read(f"The file {path} of {name}", _content(file, f"{name} points to {short(path)}, which")))


def _content(path: Path, subject: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotStart(f"{subject} cannot be read: {error.strerror}.") from None


def _read(subject: str, data: bytes) -> str:
    try:
        return decoded(data)
    except NotTextError:
        raise CannotStart(f"{subject} is not text. Save it again with a plain text editor, as UTF-8.") from None


def _on_one_line(name: str, text: str) -> str:
    if not is_one_line(text):
        raise CannotStart(f"{name} is not right: it has a line break or an invisible character in it. Write it again.")
    return text


def _json(name: str, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise CannotStart(f"{name} has to be written as JSON.") from None
