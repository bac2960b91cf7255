"""A disk that hangs: whatever looks at it waits in its thread until the disk is back."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch


class HangingDisk:
    """Counts the threads that wait for it. `folder`: what is on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_back = threading.Event()
        self.waiting = 0

    def holds_up(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def held_up(path: Path, *args: Any, **kwargs: Any) -> Any:
            if path.is_relative_to(self.folder) and not self.is_back.is_set():
                self.waiting += 1
                self.is_back.wait()
                self.waiting -= 1
            return work(path, *args, **kwargs)

        return held_up


@contextmanager
def hanging_disk(folder: Path) -> Iterator[HangingDisk]:
    """Looks at free space, writes, and looks for files hang. The disk is back at the end."""
    disk = HangingDisk(folder)
    with (
        patch.object(shutil, "disk_usage", disk.holds_up(shutil.disk_usage)),
        patch.object(Path, "write_bytes", disk.holds_up(Path.write_bytes)),
        patch.object(Path, "is_file", disk.holds_up(Path.is_file)),
    ):
        try:
            yield disk
        finally:
            disk.is_back.set()
