"""Runs one benchmark in its own process: its output, how long it took, or why there is none."""

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

GRACE = 15.0  # seconds for a process to stop its own children
MOST_LINES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`lines`: the results, or the end of its error output. `failure`: one sentence; None if all went well."""

    what: str
    command: str
    seconds: float
    lines: Sequence[str]
    failure: str | None = None


@contextmanager
def hearing_ctrl_c() -> Iterator[None]:
    """Processes started meanwhile can be stopped like by Ctrl+C. Only the main thread may call this.

    A process that ignores a signal passes that on to its children, and a shell's background jobs ignore Ctrl+C. A
    process with a handler does not, and the handler here still does nothing.
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
    """Benchmarks that may run in parallel, each in a thread that waits for it."""

    under_way: set[subprocess.Popen[str]] = field(default_factory=set)
    _beginning: threading.Lock = field(default_factory=threading.Lock)  # none is missed between start and registration

    def run(self, what: str, words: Sequence[str], patience: float, grace: float = GRACE) -> Result:
        """Run `python WORDS` for at most `patience` seconds. Nothing that it started remains."""
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
            with suppress(ProcessLookupError):  # usually nothing remains
                os.killpg(process.pid, signal.SIGKILL)
        lines = said.strip().splitlines() + (complaints.strip().splitlines() if failure else [])
        seconds = round(time.monotonic() - began, 1)
        if failure is None and not lines:
            failure = "it said nothing"
        command = f"python {' '.join(words)}"
        return Result(what=what, command=command, seconds=seconds, lines=lines[-MOST_LINES:], failure=failure)

    def stop(self) -> None:
        """Like Ctrl+C, which does not reach them: each has its own session."""
        with self._beginning:
            for process in tuple(self.under_way):
                process.send_signal(signal.SIGINT)

    def _begun(self, words: Sequence[str]) -> subprocess.Popen[str]:
        with self._beginning:
            process = subprocess.Popen(
                [sys.executable, *words],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
            self.under_way.add(process)
        return process


def _ended(process: subprocess.Popen[str], grace: float) -> tuple[str, str]:
    """Its output so far. It is interrupted like by Ctrl+C first, so that it stops what it started."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=grace)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()
