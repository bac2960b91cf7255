"""Changes some settings in `.env`, keeps its other lines, and makes a copy of the old file."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.config.environment import leading_somewhere
from bot.domain.errors import CannotStart
from bot.domain.texts.files import NotTextError, decoded

PLAIN = re.compile(r"[\w.:/@%+=,~-]+", re.ASCII)  # needs no quotes, whatever reads the file
HEAD = "# Kinora's settings. docs/reference/settings.md explains them all.\n"


def check_place(path: Path) -> None:
    """Raises CannotStart if no such file can be written: a folder of that name, a pipe, or no permission."""
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no ordinary file"
        raise CannotStart(f"The settings belong in {path.absolute()}, which is {kind}.")
    try:
        folder = leading_somewhere(path).resolve().parent
    except ValueError as error:
        raise CannotStart(f"{error}. Remove it.") from None
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise CannotStart(f"The settings belong in {path.absolute()}, which cannot be written to.")


def changed(text: str, settings: Mapping[str, str]) -> str:
    """The text of the file with these settings: replaced where they are, or added at its end.

    Raises CannotStart for a value that such a file cannot hold.
    """
    lines, missing = list[str](), dict(settings)
    for binding in parse_stream(io.StringIO(text)):
        name = (binding.key or "").upper()
        original = binding.original.string
        if name not in settings:
            lines.append(original)
            continue
        before = original[: len(original) - len(original.lstrip())]  # blank lines belong to what follows them
        lines.append(before + _line(name, settings[name]))
        missing.pop(name, None)
    result = "".join(lines)
    if missing and result and not result.endswith("\n"):
        result += "\n"
    result += "".join(_line(name, value) for name, value in missing.items())
    _check(result, settings)
    return result


def write(path: Path, settings: Mapping[str, str]) -> Path | None:
    """Change the file, then readable by its owner only. Returns the copy of the old one; None if there was none.

    Raises CannotStart, and leaves the file as it was.
    """
    check_place(path)
    try:
        before = path.read_bytes() if path.exists() else None
        text = changed(HEAD if before is None else decoded(before), settings)
        if before is not None and b"\r\n" in before:
            text = text.replace("\n", "\r\n")
        copy = None if before is None else _backup(path, before)
        _put(path.resolve(), text.encode())
    except OSError as error:
        raise CannotStart(f"{path} cannot be written: {error.strerror}.") from None
    except NotTextError:
        raise CannotStart(f"{path} is not text. Move it away, and set Kinora up again.") from None
    return copy


def _line(name: str, value: str) -> str:
    if PLAIN.fullmatch(value):
        return f"{name}={value}\n"
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{escaped}'\n"


def _check(text: str, settings: Mapping[str, str]) -> None:
    """Check that each value will be read back unchanged."""
    read = {name.upper(): value for name, value in dotenv_values(stream=io.StringIO(text)).items()}
    for name, value in settings.items():
        if read.get(name) != value:
            raise CannotStart(
                f"{name} can't be kept in .env as it is. Put it in a file and set {name}__FILE to its path."
            )


def _backup(path: Path, data: bytes) -> Path:
    names = chain([f"{path.name}.backup"], (f"{path.name}.backup{number}" for number in count(2)))
    copy = next(place for place in map(path.with_name, names) if not place.exists())
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return copy


def _put(path: Path, data: bytes) -> None:
    """Write all or nothing: a full disk keeps the old file."""
    number, name = tempfile.mkstemp(prefix=".env.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
