"""Finished files in a local folder."""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from bot.domain.errors import StoreAway
from bot.domain.ports.files import StoredFile
from bot.network.drive import LONGEST, PATIENCE, DriveThreads, part_of, whole

log = logging.getLogger(__name__)

SCRATCH = "tmp"
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
KEY = re.compile(rf"(?!(?i:{SCRATCH})(/|$)){NAME}(/{NAME})*")
ABANDONED = 3600.0  # seconds without a write; downloads and conversions write far more often


class LocalFiles:
    """A `bot.domain.ports.files.FileStore`. Several processes may share the folder; a key exists completely or not at
    all.

    A key is a relative path: names of ASCII letters, digits, `.`, `_` and `-`, joined by `/`, not below `tmp`. Anything
    else is a ValueError. Raises StoreAway if the disk hangs.
    """

    def __init__(self, folder: Path, patience: float = PATIENCE, longest: float = LONGEST) -> None:
        """Seconds after which a disk that does not answer counts as unavailable: `longest` is for what may be slow."""
        self.threads = DriveThreads(patience, longest)
        self._folder = folder
        self._scratch = folder / SCRATCH
        self._was_writable = True

    @asynccontextmanager
    async def scratch(self, suffix: str = "") -> AsyncIterator[Path]:
        """A new path to write to, on the store's own disk; whatever is left there afterwards is removed."""
        path = self._new_path(suffix)
        await self.threads.quick(_make, self._scratch)
        try:
            yield path
        finally:
            with suppress(StoreAway):  # it is swept away later
                await self.threads.quick(path.unlink, missing_ok=True)

    async def keep(self, path: Path, key: str) -> None:
        """Move a scratch file to its key, durably. Repeating it is harmless.

        Raises FileNotFoundError if neither the scratch file nor the key exists.
        """
        await self.threads.run(_move, path, self._path(key))

    async def put(self, data: bytes, key: str) -> None:
        """Write `data` under its key, durably."""
        async with self.scratch() as path:
            await self.threads.run(path.write_bytes, data)
            await self.keep(path, key)

    async def linked(self, key: str, own: Path) -> Path:
        """The file under a second name, `own`, which stays if the first is removed. Raises FileNotFoundError.

        Some file systems have no second names: then the file itself.
        """
        path = self._path(key)
        try:
            await self.threads.quick(os.link, path, own)
        except FileNotFoundError:
            raise
        except OSError:
            return path
        return own

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        """The file as a path to read from. Raises FileNotFoundError if there is none."""
        path = self._path(key)
        if not await self.threads.quick(path.is_file):
            raise FileNotFoundError(f"no file is kept as {key}")
        yield path

    async def look(self, key: str) -> StoredFile:
        path = self._path(key)
        return StoredFile(size=(await self.threads.quick(path.stat)).st_size, path=path)

    async def read(self, key: str, most: int | None = None) -> bytes:
        """The whole of a small file. Raises FileNotFoundError if there is none, and LargeFile beyond `most` bytes."""
        return await self.threads.quick(whole, self._path(key), most)

    async def part(self, key: str, start: int, length: int) -> bytes:
        """Some of its bytes. Raises FileNotFoundError if there is none."""
        return await self.threads.quick(part_of, self._path(key), start, length)

    async def signed(self, key: str, seconds: int) -> str | None:
        """A folder has no addresses."""
        del key, seconds
        return None

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove files; it doesn't matter if some are already gone."""
        for path in [self._path(key) for key in keys]:
            await self.threads.quick(path.unlink, missing_ok=True)

    async def old(self, under: str, untouched_for: timedelta) -> Sequence[str]:
        """The keys in a folder such as `videos` whose files have not been written for that long."""
        return await self.threads.run(self._old, self._path(under), time.time() - untouched_for.total_seconds())

    async def keys(self) -> Sequence[str]:
        """All of them."""
        return await self.threads.run(self._old, self._folder, float("inf"))

    async def beyond(self, most: int, in_use: Collection[str]) -> Sequence[str]:
        """The keys written or touched longest ago, so many that all others have `most` bytes together."""
        return await self.threads.run(self._beyond, most, in_use)

    async def free_bytes(self) -> int:
        """Raises OSError, also if the disk does not answer."""
        try:
            return await self.threads.look(self._free)
        except OSError as error:
            self._note_writable(error.strerror)
            raise

    async def writable(self) -> bool:
        """Whether a file can be written now.

        Permissions don't tell: they say nothing about a read-only mount or root.
        """
        try:
            await self.check()
        except OSError as error:
            self._note_writable(error.strerror)
            return False
        self._note_writable(None)
        return True

    def _note_writable(self, trouble: str | None) -> None:
        """Log a change only: this is checked every second."""
        if trouble is not None and self._was_writable:
            log.warning("nothing can be written to %s: %s", self._folder, trouble)
        elif trouble is None and not self._was_writable:
            log.warning("files can be written to %s again", self._folder)
        self._was_writable = trouble is None

    async def check(self) -> None:
        """Raise OSError unless files can be written here now."""
        await self.threads.look(self._write)

    async def sweep(self, untouched_for: float = ABANDONED) -> int:
        """Remove scratch files that have not been written for that many seconds. Returns how many.

        The time of the last write reveals what a dead process left, even where process ids can't: in containers and on
        other machines that share the folder.
        """
        return await self.threads.run(self._swept, time.time() - untouched_for)

    def _path(self, key: str) -> Path:
        return self._folder / checked(key)

    def _old(self, folder: Path, before: float) -> list[str]:
        written = [path for path in folder.rglob("*") if path.is_file() and _written(path) < before]
        keys = [path.relative_to(self._folder).as_posix() for path in written]
        return sorted(key for key in keys if KEY.fullmatch(key))

    def _beyond(self, most: int, in_use: Collection[str]) -> list[str]:
        keys = self._old(self._folder, float("inf"))
        files = [(key, stat) for key in keys if (stat := _stat(self._folder / key)) is not None]
        total, found = sum(stat.st_size for _, stat in files), list[str]()
        for key, stat in sorted(files, key=lambda each: each[1].st_mtime):
            if total > most and key not in in_use:
                total -= stat.st_size
                found.append(key)
        return found

    def _write(self) -> None:
        path = self._new_path()
        _make(self._scratch)
        try:
            path.write_bytes(b"Kinora was here")
        finally:
            path.unlink(missing_ok=True)

    def _new_path(self, suffix: str = "") -> Path:
        return self._scratch / f"{secrets.token_hex(8)}{suffix}"

    def _free(self) -> int:
        _make(self._folder)
        return shutil.disk_usage(self._folder).free

    def _swept(self, before: float) -> int:
        if not self._scratch.is_dir():
            return 0
        old = [path for path in self._scratch.iterdir() if _written(path) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)


def checked(key: str) -> str:
    """The key. Raises ValueError for an invalid one."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is not a key")
    return key


def _move(path: Path, target: Path) -> None:
    """The content first, then the name, then the folder: after a power cut there is the whole file, or nothing."""
    try:
        _sync_content(path)
    except FileNotFoundError:
        if not target.is_file():
            raise
        _sync_names(target.parent)  # moved before, perhaps by a process that died before this
        return
    _make(target.parent)
    path.replace(target)
    _sync_names(target.parent)


def _make(folder: Path) -> None:
    """Create the folder and its parents, each durably."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_names(folder.parent)


def _sync_content(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_names(folder: Path) -> None:
    if sys.platform == "win32":
        return  # folders can't be opened there; NTFS journals names
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _written(path: Path) -> float:
    """When it was last written; infinitely far in the future if it has just been finished."""
    stat = _stat(path)
    return float("inf") if stat is None else stat.st_mtime


def _stat(path: Path) -> os.stat_result | None:
    """None if somebody has just removed it."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None
