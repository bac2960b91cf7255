"""The parent's side: start a process for one task, read its answer, and make sure that it ends."""

from __future__ import annotations

import asyncio
import errno
import logging
import math
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import bot
from bot.media.worker.message import WorkerMessage

log = logging.getLogger(__name__)

ROOT = Path(bot.__file__).parent.parent  # `-m` looks for modules in the working directory first
# A file that takes over the process finds no token in its environment.
NEEDED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "WINDIR")  # the last for finding the fonts of Windows
# Every arena reserves address space, which is limited.
FRUGAL = {"MALLOC_ARENA_MAX": "2"}
CORES = 2  # decoding uses as many threads
ENDED_FROM_OUTSIDE = (-signal.SIGINT, -signal.SIGTERM)  # before it could ignore these signals
FAILED_TO_START = 1  # Python's exit code for an exception outside the task: the installation is broken, not the file


class Crashed(Exception):
    """The process died, or its task failed: most likely because of the file it was reading."""


async def begin(module: str, seconds: float) -> Process:
    """Start `python -m module`, which loads what it needs and waits for its one message. OSError if that fails."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        str(math.ceil(seconds) * CORES),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=_environment(),
    )


async def converse(module: str, message: WorkerMessage, seconds: float, begun: Process | None = None) -> WorkerMessage:
    """Run `python -m module`, send `message`, return the answer; the process has ended afterwards in any case.

    `begun`: the process, if it was started before. Raises Crashed, TimeoutError after `seconds`, OSError if the task
    met one or somebody else ended the process, and RuntimeError if the installation is at fault.
    """
    process = begun or await begin(module, seconds)
    try:
        async with asyncio.timeout(seconds):
            said, complaints = await process.communicate(message.packed())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return _understood(said, complaints.decode(errors="replace"), process.returncode)


def _environment() -> dict[str, str]:
    return FRUGAL | {name: os.environ[name] for name in NEEDED if name in os.environ}


def _understood(said: bytes, complaints: str, code: int | None) -> WorkerMessage:
    if code in ENDED_FROM_OUTSIDE:
        raise InterruptedError(errno.EINTR, "a media process was ended from outside")
    if code == FAILED_TO_START:
        raise RuntimeError(f"the media processor cannot work: {complaints[-2000:]}")
    if code != 0:
        log.warning("a media process died with code %s: %s", code, complaints[-2000:])
        raise Crashed
    answer = WorkerMessage.unpacked(said)
    match answer.head:
        case {"crash": str(trace)}:
            log.warning("a media task broke: %s", trace)
            raise Crashed
        case {"errno": int(number), "text": str(text), "file": str() | None as file}:
            raise OSError(number, text, file)
        case _:
            return answer
