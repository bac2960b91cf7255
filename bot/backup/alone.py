"""Only one run at a time writes to a backup folder, even if cron starts one while a large one is still being made.

If two did, one's database would end up with the other's list of contents, which nobody could restore.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bot.domain.errors import CannotStart
from bot.domain.messages import Term, msg
from bot.file_lock import take

LOCK = "backup.lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other backups out. Raises CannotStart if one is running there, and OSError.

    The system releases the lock when the process ends, so one that was killed leaves nothing to clean up.
    """
    with _taken(folder):
        try:
            yield
        finally:
            with suppress(OSError):  # Windows does not delete open files
                (folder / LOCK).unlink()


def _taken(folder: Path) -> BinaryIO:
    while True:
        file = (folder / LOCK).open("ab")
        try:
            take(file)
        except (BlockingIOError, PermissionError):
            file.close()
            raise CannotStart(
                msg(
                    "Another backup is being written to {folder}. Nothing was changed; start this one when that is "
                    "done.",
                    folder=Term(str(folder)),
                )
            ) from None
        except OSError:
            return file  # some network drives do not support locks
        if _is_still_there(file, folder / LOCK):
            return file
        file.close()  # its previous holder has just ended and removed it


def _is_still_there(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
