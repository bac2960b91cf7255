"""The folder where a demo keeps its videos and its database: for one demo at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.file_lock import take
from bot.sandbox.usage import CannotPlay, Misused

LOCK = "demo.lock"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other demos out of it. Misused or CannotPlay where that cannot be.

    Two would read each other's jobs and post each other's videos. The system itself drops the lock with the process, so
    a demo that was killed leaves nothing to tidy up.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / LOCK).open("ab")
    except (FileExistsError, NotADirectoryError):
        raise Misused(f"--data needs a folder, and {folder} isn't one.") from None
    except OSError as error:
        raise CannotPlay(f"Nothing can be written to {folder}: {error.strerror}.") from None
    with file:
        try:
            take(file)
        except OSError:
            raise CannotPlay(
                f"Another demo is running in {folder}. Stop it, or choose another folder with --data."
            ) from None
        yield
