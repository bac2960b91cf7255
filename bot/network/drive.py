"""The only threads that touch the folder of files, because its disk may hang.

A network drive without its server answers neither with data nor with an error. Each thread that waits for it is blocked
until it answers, which may take hours, and none can be ended. So there are only a few. They are not those of
`asyncio.to_thread`: with all of these blocked, no host name could be resolved either. And nobody waits for ever.
"""

from __future__ import annotations

import asyncio
import errno
import io
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bot.domain.errors import StoreAway
from bot.domain.messages import msg
from bot.domain.ports.files import LargeFile

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 8  # threads of each kind; whatever else is to be done waits
PATIENCE = 10.0  # seconds; a network drive that was asleep takes about that long
LONGEST = 600.0  # seconds for a whole video on a slow drive
SILENT = msg("The bot's disk doesn't answer.")
QUICK = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="disk")
SLOW = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slow disk")  # its work keeps nobody waiting who only reads


@dataclass(slots=True, kw_only=True)
class _Look:
    """A look that was begun. Its thread keeps no process alive."""

    look: Callable[[], Any]
    found: Future[Any] = field(default_factory=Future)
    began: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        self.found.set_running_or_notify_cancel()  # nobody who waits for it can call it off
        threading.Thread(target=self._run, name="look at the disk", daemon=True).start()

    def _run(self) -> None:
        try:
            self.found.set_result(self.look())
        except BaseException as error:  # noqa: BLE001 - whoever waits for it gets it
            self.found.set_exception(error)


class DriveThreads:
    """`patience`: seconds for a look, and for what is quick. `longest`: seconds for anything else."""

    def __init__(self, patience: float = PATIENCE, longest: float = LONGEST) -> None:
        self._patience = patience
        self._longest = longest
        self._looks: dict[Callable[[], Any], _Look] = {}

    async def quick(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read a little, for somebody who waits. Raises StoreAway once that takes too long."""
        return await _within(self._patience, QUICK.submit(partial(work, *args, **kwargs)))

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read or write as much as a whole video. Raises StoreAway once even that takes too long.

        What was begun cannot be called off, and may still be done later: it has to be harmless then.
        """
        return await _within(self._longest, SLOW.submit(partial(work, *args, **kwargs)))

    async def look(self, look: Callable[[], T]) -> T:
        """The result of a quick look, for all who ask at the same time. Raises OSError if the disk hangs.

        If the last one has not returned, no new one is begun: it says as much, and takes no thread.
        """
        known = self._looks.get(look)
        if known is None or known.found.done():
            known = self._looks[look] = _Look(look=look)
            known.begin()
        found: asyncio.Future[T] = asyncio.wrap_future(known.found)
        found.add_done_callback(_retrieved)
        await asyncio.wait({found}, timeout=max(0.0, known.began + self._patience - time.monotonic()))
        if not known.found.done():
            raise OSError(errno.EIO, f"it has not answered for {self._patience:.0f} seconds")
        if self._looks.get(look) is known:
            del self._looks[look]
        result: T = known.found.result()
        return result

    @asynccontextmanager
    async def opened(self, path: Path) -> AsyncIterator[io.BufferedReader]:
        """A file for a library that reads it in threads of its own: none of them is blocked for long.

        Raises FileNotFoundError and StoreAway.
        """
        raw = await self.quick(_PatientFile, path, self._patience)
        try:
            yield io.BufferedReader(raw)
        finally:
            raw.close()


class _PatientFile(io.FileIO):
    """Reading raises OSError if the disk hangs. Not `readinto`: the memory might be used otherwise by then."""

    def __init__(self, path: Path, patience: float) -> None:
        super().__init__(path)
        self._patience = patience

    def readinto(self, buffer: Any, /) -> int:
        reading = QUICK.submit(super().read, len(buffer))
        try:
            content = reading.result(self._patience) or b""
        except TimeoutError:
            reading.cancel()
            raise OSError(errno.EIO, f"it has not answered for {self._patience:.0f} seconds") from None
        buffer[: len(content)] = content
        return len(content)

    def readall(self) -> bytes:
        buffer, content = bytearray(io.DEFAULT_BUFFER_SIZE), bytearray()
        while count := self.readinto(buffer):
            content += buffer[:count]
        return bytes(content)


def part_of(path: Path, start: int, length: int) -> bytes:
    """Some of a file's bytes. Blocks."""
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def whole(path: Path, most: int | None) -> bytes:
    """All of them. Blocks. Raises LargeFile if there are more than `most`."""
    if most is not None and path.stat().st_size > most:
        raise LargeFile
    return path.read_bytes()


async def _within(seconds: float, working: Future[T]) -> T:
    """Whatever has not begun by then is not done at all."""
    done: asyncio.Future[T] = asyncio.wrap_future(working)
    done.add_done_callback(_retrieved)
    try:
        await asyncio.wait({done}, timeout=seconds)
    finally:
        working.cancel()
    if working.cancelled() or not working.done():
        raise StoreAway(SILENT)
    return working.result()


def _retrieved(found: asyncio.Future[Any]) -> None:
    """Nobody may be left to wait for it, and its error is no error of ours."""
    if not found.cancelled():
        found.exception()


DRIVE = DriveThreads()  # for whoever is given a path in the folder of files
