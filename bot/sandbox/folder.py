"""The folder where a demo stores its videos and its database: for one demo at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from bot.file_lock import take
from bot.sandbox.usage import CannotPlay, Misused

LOCK = "demo.lock"
LOOK_EVERY = 0.5  # seconds; the bot of another demo needs longer until it opens its database


class HeldFolder:
    """A folder that is ours until somebody deletes or moves it: the next demo with that name creates a new one."""

    def __init__(self, folder: Path, lock: BinaryIO) -> None:
        self.folder = folder
        self._lock = lock

    async def lost(self) -> None:
        """Wait until it is no longer ours. A disk that merely can't be read proves nothing."""
        while True:
            if self._is_lost():
                return
            await asyncio.sleep(LOOK_EVERY)

    def _is_lost(self) -> bool:
        try:
            there = (self.folder / LOCK).stat()
        except (FileNotFoundError, NotADirectoryError):
            return True
        except OSError:
            return False
        return not os.path.samestat(there, os.fstat(self._lock.fileno()))


@contextmanager
def held(folder: Path) -> Iterator[HeldFolder]:
    """Create the folder, and keep other demos out of it. Misused or CannotPlay if that is impossible.

    Two demos would run each other's jobs and post each other's videos. The system releases the lock when the process
    ends, so a demo that was killed leaves nothing to clean up.
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
        yield HeldFolder(folder.absolute(), file)
