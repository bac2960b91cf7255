"""A backup's folder is written to by one run at a time: cron may begin the next one while a large one is still made.

Of two, one's database would lie beside the other's list of what is there, which nobody could restore.
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
    """Keep other backups out. Raises CannotStart where one is made there, and OSError.

    The system drops the lock with the process, so one that was killed leaves nothing to tidy up.
    """
    with _taken(folder):
        try:
            yield
        finally:
            with suppress(OSError):  # Windows keeps what is open
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
            return file  # some network drives know no locks
        if _is_still_there(file, folder / LOCK):
            return file
        file.close()  # whoever had it has ended meanwhile, and removed it


def _is_still_there(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
