"""Whoever asks for a fork is told when there is nobody who could make one."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from tests.forks import POSSIBLE, a_fork_server, a_line_to, forking

FAILS = """#!/bin/sh
read -r _ < "$0.asked"
exit 1
"""


@pytest.mark.skipif(not POSSIBLE, reason="only Linux has what forks are made with")
async def test_a_server_that_fails_to_start_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with an error in what it imports, which it does once somebody asks."""
    interpreter, asked = tmp_path / "python", tmp_path / "python.asked"
    interpreter.write_text(FAILS)
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    os.mkfifo(asked)
    with a_fork_server() as where, a_line_to(where) as line, forking(line):
        fork = asyncio.create_task(asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env={}))
        await asyncio.sleep(0)  # it has asked
        await asyncio.to_thread(asked.write_text, "\n")
        async with asyncio.timeout(20):
            with pytest.raises(AssertionError, match="the fork server is gone"):
                await fork
