"""A file lock that one process holds at a time. The system releases it when the process ends."""

from __future__ import annotations

import sys
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt

    def take(file: BinaryIO) -> None:
        """Raises PermissionError if another process holds it, another OSError if locks are not supported."""
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def take(file: BinaryIO) -> None:
        """Raises BlockingIOError if another process holds it, another OSError if locks are not supported."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
