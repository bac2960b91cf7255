"""Threads for a disk that may hang: a network drive without its server answers neither with data nor with an error.

Each thread that waits for it is blocked until it answers, which may take hours, and none can be ended. So there are
only a few. They are not those of `asyncio.to_thread`: with all of these blocked, no host name could be resolved either.
"""

from __future__ import annotations

import asyncio
import errno
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 8  # threads that read and write; the others wait
PATIENCE = 10.0  # seconds; a network drive that was asleep takes about that long


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


class DiskThreads:
    """The threads of one folder. `patience`: seconds for a look."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="disk")
        self._looks: dict[Callable[[], Any], _Look] = {}

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read or write, however long it takes."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))

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


def _retrieved(found: asyncio.Future[Any]) -> None:
    """Nobody may be left to wait for it, and its error is no error of ours."""
    if not found.cancelled():
        found.exception()
