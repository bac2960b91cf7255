"""The output of tasks reaches its reader, or one sentence says why it couldn't."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.config.output import EX_ENOUGH, EX_IOERR, Output, OutputLostError, printed_whole

LINES = 10_000  # more than fits in a buffer
PRINTS_A_SIGN = "from bot.config.output import settle_output; settle_output(); print('✓ 3 files')"


class FullDisk(io.RawIOBase):
    """Rejects all writes until space is freed."""

    def __init__(self, why: int) -> None:
        self.why = why
        self.is_full = True
        self.number = os.open(os.devnull, os.O_WRONLY)

    def fileno(self) -> int:
        return self.number

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.is_full:
            raise OSError(self.why, os.strerror(self.why))
        return len(data)


@contextmanager
def full_output(why: int) -> Iterator[Output]:
    """Frees space before closing: from Python 3.13 on, a file that can't be flushed causes a warning."""
    disk = FullDisk(why)
    with Output(io.BufferedWriter(disk), encoding="utf-8") as output:
        try:
            yield output
        finally:
            disk.is_full = False


@pytest.mark.parametrize(
    ("why", "code", "said"),
    [
        (errno.EPIPE, EX_ENOUGH, ""),
        (errno.ENOSPC, EX_IOERR, "What was to be printed could not be written: No space left on device.\n"),
    ],
)
def test_what_cannot_be_printed_ends_a_task_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], why: int, code: int, said: str
) -> None:
    def task() -> int:
        sys.stdout.write("✓ done\n" * LINES)
        return 0

    with full_output(why) as output:
        monkeypatch.setattr(sys, "stdout", output)
        assert printed_whole(task) == code
    assert capsys.readouterr().err == said


def test_help_that_cannot_be_printed_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["kinora", "--help"])
    with full_output(errno.ENOSPC) as output:
        monkeypatch.setattr(sys, "stdout", output)
        assert main() == EX_IOERR
    assert capsys.readouterr().err == "What was to be printed could not be written: No space left on device.\n"


def test_a_fault_of_another_file_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def task() -> int:
        raise OSError(errno.ENOSPC, "of the database")

    monkeypatch.setattr(sys, "stdout", Output(io.BytesIO(), encoding="utf-8"))
    with pytest.raises(OSError, match="of the database"):
        printed_whole(task)


def test_a_full_disk_is_told_by_its_own_kind_of_error() -> None:
    with full_output(errno.ENOSPC) as output:
        output.write("✓")
        with pytest.raises(OutputLostError, match="No space left"):
            output.flush()


def test_a_console_without_a_sign_shows_a_question_mark() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    ran = subprocess.run([sys.executable, "-c", PRINTS_A_SIGN], env=environment, capture_output=True, check=True)
    assert ran.stdout.split() == [b"?", b"3", b"files"]


def test_what_python_was_told_not_to_hold_back_is_not() -> None:
    program = f"{PRINTS_A_SIGN}; import os; os._exit(0)"
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert ran.stdout.decode().strip() == "✓ 3 files"


@pytest.mark.skipif(os.name != "posix", reason="closes a descriptor as shells do")
def test_where_nobody_reads_the_next_file_does_not_get_what_is_printed(tmp_path: Path) -> None:
    database = tmp_path / "kinora.db"
    in_c = "import os; os.write(1, b'more')"  # as in a C library: Python itself prints nothing if stdout is closed
    program = f"{PRINTS_A_SIGN}; file = open('{database}', 'wb'); {in_c}; file.close()"
    subprocess.run(["/bin/sh", "-c", 'exec "$0" -c "$1" >&-', sys.executable, program], check=True)
    assert database.read_bytes() == b""
