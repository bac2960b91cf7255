"""What tasks print, wherever it goes: an old console, a program that stops reading, a full disk, or nowhere."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

EX_IOERR = 74  # sysexits.h
EX_ENOUGH = 128 + 13  # what shells report when the reader of a program, such as `head`, closed the pipe (SIGPIPE)


class OutputLostError(Exception):
    """The output could not be written; `reason` says why."""

    def __init__(self, reason: OSError) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Output(io.TextIOWrapper):
    """Standard output whose errors can be told from those of other files. Raises OutputLostError."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError as error:
            raise OutputLostError(error) from None

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            raise OutputLostError(error) from None


def settle_output() -> None:
    """Call once, before any file is opened: closed streams go nowhere, and no character makes a task fail."""
    for name in ("stdin", "stdout", "stderr"):
        # The next file opened, such as the database, would get a closed stream's number, and so what is printed.
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            nothing = Path(os.devnull).open(mode, encoding="utf-8", errors="replace")  # noqa: SIM115 (for good)
            setattr(sys, name, nothing)
    before = sys.stdout
    if type(before) is io.TextIOWrapper:
        encoding, is_terminal, holds_nothing_back = before.encoding, before.line_buffering, before.write_through
        sys.stdout = Output(
            before.detach(),
            encoding=encoding,
            errors="replace",  # not every terminal can show ✓
            line_buffering=is_terminal,
            write_through=holds_nothing_back,  # by PYTHONUNBUFFERED
        )


def printed_whole(task: Callable[[], int]) -> int:
    """The exit code of the task, or the one which says that its output was lost."""
    try:
        try:
            code = task()
        except SystemExit:  # as of --help
            sys.stdout.flush()
            raise
        sys.stdout.flush()
    except OutputLostError as lost:
        return _given_up(lost.reason)
    return code


def _given_up(reason: OSError) -> int:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # Python flushes once more when it ends, and would report the error itself
    os.close(nowhere)
    if isinstance(reason, BrokenPipeError):
        return EX_ENOUGH
    sys.stderr.write(f"What was to be printed could not be written: {reason.strerror}.\n")
    return EX_IOERR
