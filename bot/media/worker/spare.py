"""A process that has loaded what its task needs before the task exists."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.media.worker.process import begin

BEGINNING = "begin a media process"  # the name of that asyncio task


class SpareProcess:
    """For tasks of `module`, each limited to `seconds`. At most one, and none while no task is expected.

    So an idle bot needs no memory for it, and many downloads at once do not start many processes.
    """

    def __init__(self, module: str, seconds: float) -> None:
        self._module = module
        self._seconds = seconds
        self._expected = 0
        self._beginning: asyncio.Task[Process] | None = None

    @asynccontextmanager
    async def expecting(self) -> AsyncIterator[None]:
        """A task may come while this is open; if none does, the process ends with it."""
        self._expected += 1
        self._begin()
        try:
            yield
        finally:
            self._expected -= 1
            if not self._expected and (unused := await self._taken()) is not None:
                unused.kill()
                await unused.wait()

    async def take(self) -> Process | None:
        """The spare process for one task; the caller ends it. None if there is none."""
        process = await self._taken()
        if self._expected > 1:  # more tasks are expected than the current one
            self._begin()
        return process

    def _begin(self) -> None:
        if self._beginning is None:
            self._beginning = asyncio.create_task(begin(self._module, self._seconds), name=BEGINNING)

    async def _taken(self) -> Process | None:
        beginning, self._beginning = self._beginning, None
        if beginning is None:
            return None
        try:
            process = await asyncio.shield(beginning)
        except asyncio.CancelledError:
            beginning.add_done_callback(_end)
            raise
        except OSError:  # the task that needs one tries again, and gets the reason
            return None
        return process if process.returncode is None else None


def _end(beginning: asyncio.Task[Process]) -> None:
    """Nobody else would end the process that was started."""
    if not beginning.cancelled() and beginning.exception() is None and beginning.result().returncode is None:
        beginning.result().kill()
