"""A benchmark that fails or hangs gets a row that says so, and leaves no process behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench.running import Runs, hearing_ctrl_c

Handler = Callable[[int, FrameType | None], Any] | signal.Handlers

PATIENCE = 30.0  # seconds; a busy machine needs several to start an interpreter
SLEEP = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)"
HANGS = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
print("begun", flush=True)
{SLEEP}
"""


def test_what_a_benchmark_says_is_its_row() -> None:
    result = Runs().run("a sum", ["-c", "print('two\\nlines')"], PATIENCE)
    assert (result.what, result.lines, result.failure) == ("a sum", ["two", "lines"], None)


def test_one_that_fails_says_why() -> None:
    result = Runs().run("a sum", ["-c", "print('half of it'); raise SystemExit('the video was not shown')"], PATIENCE)
    assert result.failure == "it ended with exit code 1"
    assert result.lines == ["half of it", "the video was not shown"]


def test_one_that_says_nothing_has_failed() -> None:
    assert Runs().run("a sum", ["-c", ""], PATIENCE).failure == "it said nothing"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_one_that_hangs_is_ended_with_all_that_it_began() -> None:
    """Both processes ignore Ctrl+C."""
    result = Runs().run("a sum", ["-c", HANGS], 3.0, grace=0.1)
    assert result.failure == "it had not ended after 3 s"
    assert result.lines[:1] == ["begun"]  # and the pipe that both held open is closed


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("ctrl_c", [signal.default_int_handler, signal.SIG_IGN], ids=["heard", "ignored"])
def test_those_under_way_end_when_the_whole_is_stopped(tmp_path: Path, ctrl_c: Handler) -> None:
    """A background job of a shell ignores Ctrl+C, and so would its children."""
    runs, begun = Runs(), tmp_path / "begun"
    os.mkfifo(begun)
    waits = f"import time; print('begun', flush=True); open({str(begun)!r}, 'w').close(); time.sleep(60)"
    with on_ctrl_c(ctrl_c), hearing_ctrl_c(), ThreadPoolExecutor() as pool:
        row = pool.submit(runs.run, "a sum", ["-c", waits], PATIENCE)
        begun.read_text()
        runs.stop()
        assert row.result().lines[:1] == ["begun"]
    assert row.result().failure == f"it ended with exit code {-signal.SIGINT}"
    assert not runs.under_way


def test_ctrl_c_is_ignored_afterwards_by_who_ignored_it_before() -> None:
    with on_ctrl_c(signal.SIG_IGN):
        with hearing_ctrl_c():
            signal.raise_signal(signal.SIGINT)  # also during the benchmark
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@contextlib.contextmanager
def on_ctrl_c(what: Handler) -> Iterator[None]:
    before = signal.signal(signal.SIGINT, what)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
