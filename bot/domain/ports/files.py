"""Where finished files are kept, and which of them jobs still need."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId


@value_object
class StoredFile:
    """`path` is where it can be read at once; None where it lies elsewhere as a whole, and is read in parts."""

    size: int  # bytes
    path: Path | None


class FileStore(Protocol):
    """Finished files under keys such as `videos/K7Q4FD/1f0c.mp4`. A key is there whole or not at all."""

    def scratch(self, suffix: str = "") -> AbstractAsyncContextManager[Path]:
        """A new path to write to, on the store's own disk; whatever is left there afterwards is removed."""
        ...

    async def keep(self, path: Path, key: str) -> None:
        """Move a scratch file under its key, durably. Repeating it is harmless."""
        ...

    async def put(self, data: bytes, key: str) -> None: ...

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file as a path to read from. FileNotFoundError when there is none."""
        ...

    async def look(self, key: str) -> StoredFile:
        """How large it is, and whether it is at hand. FileNotFoundError when there is none."""
        ...

    async def part(self, key: str, start: int, length: int) -> bytes:
        """Some of its bytes, without fetching the others. FileNotFoundError when there is none."""
        ...

    async def signed(self, key: str, seconds: int) -> str | None:
        """An address at which anybody can read the file for so long; None where this store gives none."""
        ...

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove files; those already gone do not matter."""
        ...

    async def old(self, under: str, untouched_for: timedelta) -> Sequence[str]:
        """The keys below a folder such as `videos` whose files nobody has written for that long."""
        ...

    async def keys(self) -> Sequence[str]:
        """All of them."""
        ...

    async def free_bytes(self) -> int: ...

    async def writable(self) -> bool:
        """Whether a file can be written now: a disk may have been remounted read-only. Cheap enough for each order."""
        ...


class FileReferences(Protocol):
    """Which kept files jobs still need. Asked of the rows as they are, also of those that a newer version wrote."""

    def pictures(self) -> AsyncIterator[frozenset[str]]:
        """The keys of all pictures of jobs that were not deleted, in batches."""
        ...

    async def deleted(self, job_ids: Iterable[JobId]) -> frozenset[JobId]:
        """Those of these jobs whose videos were deleted on request, or were kept for as long as their server wants."""
        ...
