"""Where finished files are stored, and which of them jobs still need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId


class LargeFile(Exception):
    """It has more bytes than were asked for."""


@value_object
class StoredFile:
    """`path` is where it can be read at once; None if it is stored elsewhere, and is read in parts."""

    size: int  # bytes
    path: Path | None


class FileStore(Protocol):
    """Finished files under keys such as `videos/K7Q4FD/1f0c.mp4`. A key exists completely or not at all.

    Raises StoreAway if it does not answer for a while, be it an object store or a disk. Whoever reads or writes a path
    that it gave does so in the threads of `bot.network.drive`, or in another process.
    """

    def scratch(self, suffix: str = "") -> AbstractAsyncContextManager[Path]:
        """A new path to write to, on the store's own disk; whatever is left there afterwards is removed."""
        ...

    async def keep(self, path: Path, key: str) -> None:
        """Move a scratch file to its key, durably. Repeating it is harmless."""
        ...

    async def put(self, data: bytes, key: str) -> None: ...

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file as a path to read from. Raises FileNotFoundError if there is none."""
        ...

    async def look(self, key: str) -> StoredFile:
        """How large it is, and whether it is stored locally. Raises FileNotFoundError if there is none."""
        ...

    async def read(self, key: str, most: int | None = None) -> bytes:
        """The whole of a small file. Raises FileNotFoundError if there is none, and LargeFile beyond `most` bytes."""
        ...

    async def part(self, key: str, start: int, length: int) -> bytes:
        """Some of its bytes, without fetching the others. Raises FileNotFoundError if there is none."""
        ...

    async def signed(self, key: str, seconds: int) -> str | None:
        """An address at which anybody can read the file for that long; None if this store has no such addresses."""
        ...

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove files; it doesn't matter if some are already gone."""
        ...

    async def old(self, under: str, untouched_for: timedelta) -> Sequence[str]:
        """The keys in a folder such as `videos` whose files have not been written for that long."""
        ...

    async def keys(self) -> Sequence[str]:
        """All of them."""
        ...

    async def free_bytes(self) -> int:
        """Of the store's own disk. Raises OSError, also if that does not answer."""
        ...

    async def writable(self) -> bool:
        """Whether a file can be written now: a disk may have been remounted read-only, or not answer.

        Fast enough to check per order. May take a few seconds once if the disk hangs.
        """
        ...


class FileReferences(Protocol):
    """Which stored files jobs still need. It reads the rows as they are, including those of newer versions."""

    def pictures(self) -> AsyncIterator[frozenset[str]]:
        """The keys of all pictures of jobs that were not deleted, in batches."""
        ...

    async def deleted(self, job_ids: Iterable[JobId]) -> frozenset[JobId]:
        """Those of these jobs whose videos were deleted on request, or whose retention period is over."""
        ...
