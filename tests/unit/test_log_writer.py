"""Logs are written in the background: what slow, blocked or missing readers cost, and what a shutdown still writes."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.texts.redaction import BLOT
from bot.jobs.current import current_job
from bot.logs.lines import JsonLines, Redacting
from bot.logs.writer import LogWriter
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]


class Unsayable:
    def __str__(self) -> str:
        raise ValueError("canary-key")


class SlowFile(io.RawIOBase):
    """A disk that stalls until released, or is full."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.is_full = False
        self.room = sys.maxsize  # bytes
        self.text = ""

    def write(self, data: Any, /) -> int:
        assert self.goes_on.wait(PATIENCE)
        if self.is_full or not self.room:
            raise OSError(28, "No space left on device")
        some = bytes(data)[: min(7, self.room)]  # a partial write, as files allow
        self.room -= len(some)
        self.text += some.decode()
        return len(some)


@pytest.fixture
def file() -> SlowFile:
    return SlowFile()


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.Logger("bot.test")  # noqa: LOG001 (pytest listens to all others)
    yield logger
    for handler in logger.handlers:
        handler.close()


def writing(logger: logging.Logger, file: io.RawIOBase, *, most: int = 10_000) -> LogWriter:
    writer = LogWriter(file, most=most)
    writer.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(writer)
    return writer


def left_out(text: str) -> int:
    """The number that the log itself reports."""
    return sum(int(number) for number in re.findall(r"left out here.*: (\d+)", text))


def test_who_logs_does_not_wait_and_lines_keep_their_order(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file)
    for number in range(100):
        logger.info("line %d", number)
    assert file.text == ""
    file.goes_on.set()
    writer.flush()
    assert file.text.splitlines() == [f"line {number}" for number in range(100)]


def test_what_is_too_much_to_keep_is_counted_and_said_where_it_is_missing(
    logger: logging.Logger, file: SlowFile
) -> None:
    writer = writing(logger, file, most=100)
    for number in range(20):
        logger.info("line %04d", number)
    file.goes_on.set()
    writer.flush()
    logger.info("it goes on")
    writer.flush()
    lines = file.text.splitlines()
    assert lines[:10] == [f"line {number:04d}" for number in range(10)]
    assert left_out(lines[10]) == 10
    assert lines[11:] == ["it goes on"]


def test_a_full_disk_costs_the_lines_of_that_time_alone(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file)
    file.goes_on.set()
    file.is_full = True
    logger.info("lost")
    writer.flush()
    logger.info("lost, too")
    writer.flush()
    file.is_full = False
    logger.info("kept")
    writer.flush()
    assert left_out(file.text) == 2
    assert file.text.splitlines()[1:] == ["kept"]


@pytest.mark.parametrize("room", [9, 10, 11])
def test_a_line_that_a_full_disk_breaks_off_is_no_beginning_of_the_next(
    logger: logging.Logger, file: SlowFile, room: int
) -> None:
    writer = writing(logger, file)
    file.goes_on.set()
    file.room = room
    for line in ("kept", "broken off", "lost"):
        logger.info(line)
    writer.flush()
    file.room = sys.maxsize
    logger.info("kept again")
    writer.flush()
    first, broken, notice, last = file.text.splitlines()
    assert (first, last) == ("kept", "kept again")
    assert "broken off".startswith(broken)
    assert left_out(notice) == 2


def test_a_line_is_formatted_when_it_is_logged(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file)
    writer.setFormatter(JsonLines(["canary-key"]))
    values = ["as it was, with canary-key"]
    at_work = current_job.set(JobId("K7Q4FD"))
    try:
        logger.info("%s", values)
    finally:
        current_job.reset(at_work)
    values[0] = "as it became"
    file.goes_on.set()
    writer.flush()
    said = json.loads(file.text)
    assert (said["message"], said["job"]) == (f"['as it was, with {BLOT}']", "K7Q4FD")


def test_what_is_left_out_is_told_as_json_of_no_job(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file, most=1)
    writer.setFormatter(JsonLines([]))
    logger.info("kept")
    at_work = current_job.set(JobId("K7Q4FD"))
    try:
        logger.info("left out")
        file.goes_on.set()
        writer.flush()
        logger.info("kept again")
    finally:
        current_job.reset(at_work)
    writer.flush()
    kept, notice, *_ = [json.loads(line) for line in file.text.splitlines()]
    assert kept["message"] == "kept"
    assert (left_out(notice["message"]), notice["level"], "job" in notice) == (1, "WARNING", False)


def test_a_line_that_cannot_be_put_into_words_is_told_without_secrets(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file)
    writer.setFormatter(Redacting(["canary-key"]))
    file.goes_on.set()
    logger.info("%d of canary-key", "three")
    logger.info(Unsayable())
    logger.info("the next one")
    writer.flush()
    assert f"could not be put into words: '%d of {BLOT}'" in file.text
    assert "canary" not in file.text
    assert "could not be put into words: <class " in file.text
    assert file.text.rstrip().endswith("the next one")


class TalksOnce(logging.Formatter):
    """Logs while it formats what was left out, as garbage may that is collected there."""

    def __init__(self, logger: logging.Logger) -> None:
        super().__init__("%(message)s")
        self._logger = logger
        self.has_talked = False

    def format(self, record: logging.LogRecord) -> str:
        if "left out here" in record.getMessage() and not self.has_talked:
            self.has_talked = True
            self._logger.error("a task was never awaited")
        return super().format(record)


def test_garbage_that_logs_while_the_log_is_told_about_holds_up_no_end(logger: logging.Logger, file: SlowFile) -> None:
    writer = writing(logger, file, most=1)
    writer.setFormatter(TalksOnce(logger))
    logger.info("kept")
    logger.info("left out")

    def ends() -> None:
        writer.acquire()  # as `logging.shutdown` does
        try:
            file.goes_on.set()
            writer.flush()
        finally:
            writer.release()

    ending = threading.Thread(target=ends, daemon=True)
    ending.start()
    ending.join(PATIENCE)
    assert not ending.is_alive()
    writer.flush()
    assert sorted(line.partition(":")[0] for line in file.text.splitlines()) == [
        "a task was never awaited",
        "kept",
        "lines of the log that are left out here, as they could not be written, or not fast enough",
    ]
    assert left_out(file.text) == 1


def test_an_end_waits_once_however_often_it_asks(logger: logging.Logger, file: SlowFile) -> None:
    writer = LogWriter(file, patience=0.2)
    logger.addHandler(writer)
    logger.info("a line")
    began = time.monotonic()
    for _ in range(100):  # 20 s, if it waited each time
        writer.flush()
    assert time.monotonic() - began < 10
    file.goes_on.set()


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting(logger: logging.Logger) -> None:
    reading, written = os.pipe()
    writer = writing(logger, os.fdopen(written, "wb", buffering=0), most=10_000_000)
    for number in range(20_000):  # more than fits in a pipe
        logger.info("line %d", number)
    with os.fdopen(reading) as pipe:
        seen = [next(pipe) for _ in range(20_000)]
    writer.flush()
    assert seen == [f"line {number}\n" for number in range(20_000)]


def test_a_full_pipe_that_does_not_wait_by_itself_gets_every_line(logger: logging.Logger) -> None:
    reading, written = os.pipe()
    os.set_blocking(written, False)
    writing(logger, os.fdopen(written, "wb", buffering=0), most=10_000_000)
    for number in range(10_000):
        logger.info("line %d", number)
    with os.fdopen(reading) as pipe:
        assert [next(pipe) for _ in range(10_000)] == [f"line {number}\n" for number in range(10_000)]


ENDS = """
import logging, sys
from bot.logs.writer import error_output
from bot.logs.lines import set_up_logs
set_up_logs("INFO", ["canary-key"], handler=error_output())
for number in range(5_000):
    logging.info("line %d with canary-key", number)
"""


@pytest.mark.parametrize(("end", "code"), [("", 0), ("sys.exit(3)", 3), ("raise RuntimeError('a bug')", 1)])
def test_an_end_writes_what_waits(end: str, code: int) -> None:
    done = subprocess.run([sys.executable, "-c", ENDS + end], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    lines = [line for line in done.stderr.splitlines() if "INFO" in line]
    assert [line.partition("root: ")[2] for line in lines] == [f"line {number} with {BLOT}" for number in range(5_000)]


def test_a_process_whose_log_nobody_reads_ends() -> None:
    reading, written = os.pipe()
    with subprocess.Popen([sys.executable, "-c", ENDS], cwd=ROOT, stderr=written) as process:
        os.close(written)
        assert process.wait(60) == 0
    os.close(reading)
