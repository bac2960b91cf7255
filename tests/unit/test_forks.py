"""Whoever asks for a fork gets an answer, or an error if nobody could make one."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
from pathlib import Path

import pytest

from tests.forks import POSSIBLE, a_fork_server, a_line_to, forking
from tests.waiting import PATIENCE, comes_true

FAILS = """#!/bin/sh
read -r _ < "$0.asked"
exit 1
"""


@pytest.mark.skipif(not POSSIBLE, reason="only Linux has what forks are made with")
async def test_a_server_that_fails_to_start_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example after an error in its imports, which run when someone asks."""
    interpreter, asked = tmp_path / "python", tmp_path / "python.asked"
    interpreter.write_text(FAILS)
    interpreter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(interpreter))
    os.mkfifo(asked)
    with a_fork_server() as where, a_line_to(where) as line, forking(line):
        fork = asyncio.create_task(asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env={}))
        await asyncio.sleep(0)  # lets it ask
        await asyncio.to_thread(asked.write_text, "\n")
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(AssertionError, match="the fork server is gone"):
                await fork


@pytest.mark.skipif(not POSSIBLE, reason="only Linux has what forks are made with")
async def test_who_waits_for_a_fork_is_no_garbage() -> None:
    """A task without a reference, like those for discord.py's commands."""
    told: list[tuple[bytes, int]] = []

    async def asks() -> None:
        fork = await asyncio.create_subprocess_exec(sys.executable, "-m", "bot", env={}, stdout=asyncio.subprocess.PIPE)
        out, _ = await fork.communicate()
        told.append((out, await fork.wait()))

    server, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with server, line, forking(line):
        asyncio.get_running_loop().create_task(asks())  # without keeping a reference
        asking, given, out, err = await _what_is_asked_for(server)
        for file, said in ((asking, b"1\n"), (out, b"done"), (asking, b"0\n")):
            await _others_go_on()
            gc.collect()
            os.write(file, said)
        for file in (asking, given, out, err):
            os.close(file)
        await comes_true(lambda: told)  # a reference to an event would keep the task alive
    assert told == [(b"done", 0)]


async def _what_is_asked_for(server: socket.socket) -> list[int]:
    await _others_go_on()
    _, files, _, _ = socket.recv_fds(server, 1 << 20, 4)
    return files


async def _others_go_on() -> None:
    """Let the other tasks run until they wait."""
    for _ in range(20):
        await asyncio.sleep(0)
