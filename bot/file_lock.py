"""A file that one process holds at a time. The system itself drops the lock with the process."""

from __future__ import annotations

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def take(file: BinaryIO) -> None:
        """PermissionError when another process has it, another OSError where locks are unknown."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(file: BinaryIO) -> None:
        """BlockingIOError when another process has it, another OSError where locks are unknown."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
