"""The contents of a backup: one JSON file that lists every other one, with its size and hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Message, Term, msg
from storage.files.local import checked

NAME = "manifest.json"
DATABASE = "kinora.db"
KEY = "player-links.key"
FILES = "files"
READ_AT_ONCE = 1024 * 1024  # bytes


class KeptFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    size: int  # bytes
    sha256: str


class Manifest(BaseModel):
    """`files` by their keys in the store. Empty for a backup of the database alone, where `with_files` is False.

    A key that the store would not accept, such as one that leads out of the folder, or another format makes it invalid.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    made_at: datetime
    database: KeptFile
    with_files: bool
    files: Mapping[Annotated[str, AfterValidator(checked)], KeptFile]
    gone: tuple[str, ...] = ()  # listed by the store, but deleted before they could be copied


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Written last and in one step: a backup without it is not valid."""
    draft = folder / f"{NAME}.new"
    draft.write_text(manifest.model_dump_json(indent=1))
    draft.replace(folder / NAME)


def read_manifest(folder: Path) -> Manifest:
    """Raises CannotStart."""
    try:
        return Manifest.model_validate_json((folder / NAME).read_bytes())
    except FileNotFoundError:
        none = msg(
            "{folder} has no {name}: it is no backup, or one that was not finished.",
            folder=Term(str(folder)),
            name=Term(NAME),
        )
        raise CannotStart(none) from None
    except (OSError, ValidationError) as error:
        fault = error.strerror if isinstance(error, OSError) else "it is damaged, or of a newer Kinora"
        raise CannotStart(
            msg("{file} cannot be read: {fault}.", file=Term(str(folder / NAME)), fault=Term(fault or "unknown"))
        ) from None


def kept_file(path: Path) -> KeptFile:
    """Its size and hash. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return KeptFile(size=file.tell(), sha256=digest)


def copied(source: Path, target: Path) -> KeptFile:
    """Copy a file safely: it is complete under its name, or not there. Returns the size and hash of what was copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft, digest, size = target.with_name(f"{target.name}.new"), hashlib.sha256(), 0
    try:
        with source.open("rb") as original, draft.open("wb") as copy:
            while block := original.read(READ_AT_ONCE):
                digest.update(block)
                size += len(block)
                copy.write(block)
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)  # the disk may be full
        raise
    return KeptFile(size=size, sha256=digest.hexdigest())


def unwritten(fault: str) -> Message:
    """Says that files cannot be written to the disk."""
    return msg("Files could not be written: {fault}.", fault=Foreign(fault))
