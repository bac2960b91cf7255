"""A secret of our own: made once, kept in the data folder, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

BYTES = 32


def lasting_key(path: Path) -> bytes:
    """The key in this file; made when there is none. Processes that start together end up with the same one.

    OSError when the folder cannot be written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path)
    return bytes.fromhex(path.read_text().strip())


def kept_key(path: Path) -> bytes | None:
    """The key in this file; None while there is none. OSError or ValueError when it cannot be used."""
    return bytes.fromhex(path.read_text().strip()) if path.exists() else None


def _make(path: Path) -> None:
    """Written aside and then linked to its name, which fails if another process was faster: its key counts then."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
