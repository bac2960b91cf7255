"""A secret of our own: created once, stored in the data folder, readable only by its owner."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from bot.data_classes import value_object
from bot.domain.ports.records import Record, Records

BYTES = 32


@value_object
class SharedKey:
    """In hexadecimal digits, as in the file."""

    digits: str


SHARED_KEY = Record("key of links", SharedKey)  # by the name of its file


def lasting_key(path: Path) -> bytes:
    """The key in this file, created if there is none. Processes that start together end up with the same one.

    Raises OSError if the folder can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text().strip())


async def shared_key(path: Path, records: Records) -> bytes:
    """The key that all processes on a database share, whichever folder is theirs: the first one provides it.

    The file is rewritten if it has another one. Raises OSError and ValueError like `lasting_key`.
    """
    ours = SharedKey(digits=lasting_key(path).hex())
    shared = (await records.update(SHARED_KEY, path.name, lambda known: known or ours)).after or ours
    if shared != ours:
        _replace(path, shared.digits)
    return bytes.fromhex(shared.digits)


def kept_key(path: Path) -> bytes | None:
    """The key in this file; None if there is none yet. Raises OSError or ValueError if it can't be used."""
    return bytes.fromhex(path.read_text().strip()) if path.exists() else None


def _replace(path: Path, digits: str) -> None:
    path.unlink()
    _make(path, digits)


def _make(path: Path, digits: str | None = None) -> None:
    """Written to a temporary file and then linked to its name, which fails if another process was faster: then that
    one's key counts.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(digits or secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
