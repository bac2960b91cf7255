"""One benchmark in a process of its own: what it said, how long it took, or why there is nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

GRACE = 15.0  # seconds to stop what it started itself
MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`lines`: what was measured, or the end of its errors. `failure`: one sentence; None if all went well."""

    what: str
    command: str
    seconds: float
    lines: Sequence[str]
    failure: str | None = None


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """What begins meanwhile can be stopped as by Ctrl+C. Only the main thread may ask for that.

    A process that ignores a signal hands that on to all that it starts, and a shell's background jobs ignore Ctrl+C.
    One that handles it does not, and what we do about it here is nothing, still.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, _nothing)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _nothing(*_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Runs:
    """Benchmarks, of which several may be under way at once, each in a thread that waits for it."""

    under_way: set[subprocess.Popen[str]] = field(default_factory=set)
    _beginning: threading.Lock = field(default_factory=threading.Lock)  # none is missed that has begun and isn't noted

    def run(self, what: str, words: Sequence[str], patience: float, grace: float = GRACE) -> Result:
        """Run `python WORDS` for at most `patience` seconds. Nothing that it started is left."""
        began = time.monotonic()
        process = self._begun(words)
        try:
            said, complaints = process.communicate(timeout=patience)
            failure = None if process.returncode == 0 else f"it ended with exit code {process.returncode}"
        except subprocess.TimeoutExpired:
            said, complaints = _ended(process, grace)
            failure = f"it had not ended after {patience:.0f} s"
        finally:
            self.under_way.discard(process)
            with suppress(ProcessLookupError):  # nothing is left, as a rule
                os.killpg(process.pid, signal.SIGKILL)
        lines = said.strip().splitlines() + (complaints.strip().splitlines() if failure else [])
        seconds = round(time.monotonic() - began, 1)
        if failure is None and not lines:
            failure = "it said nothing"
        command = f"python {' '.join(words)}"
        return Result(what=what, command=command, seconds=seconds, lines=lines[-MOST_LINES:], failure=failure)

    def stop(self) -> None:
        """As Ctrl+C would, which they do not hear: each has a session of its own."""
        with self._beginning:
            for process in tuple(self.under_way):
                process.send_signal(signal.SIGINT)

    def _begun(self, words: Sequence[str]) -> subprocess.Popen[str]:
        with self._beginning:
            process = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            self.under_way.add(process)
        return process


def _ended(process: subprocess.Popen[str], grace: float) -> tuple[str, str]:
    """What it has said until now. As by Ctrl+C first, so that it stops what it began."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()
