"""Runs our programs as forks of a process that has already imported them; see tests/forkserver.py.

With `forking()`, `asyncio.create_subprocess_exec(sys.executable, "-m", ...)` costs a few milliseconds of processor time
instead of a second. The result is a separate process like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

CHECKOUT = Path(__file__).resolve().parents[1]
POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "recv_fds")  # on Linux
OURS = ("bot", "tests.")  # how the modules of our programs begin
MOST_WAITING = 128  # programs that request a connection at the same time
FAILED = "the fork server is gone; its errors are on stderr"

a_new_interpreter = asyncio.create_subprocess_exec


@contextlib.contextmanager
def a_fork_server() -> Iterator[Path]:
    """The address at which several processes may request forks. The server imports Kinora on the first request."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder, "forks")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
            door.bind(str(where))
            door.listen(MOST_WAITING)
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.forkserver", str(door.fileno()), str(where)],
                cwd=CHECKOUT,
                env={**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"},
                stdin=subprocess.PIPE,
                pass_fds=[door.fileno()],
            )  # only the server keeps the socket open: once it is gone, nobody waits for it
        with server:  # it ends with its standard input
            yield where


@contextlib.contextmanager
def a_line_to(where: Path) -> Iterator[socket.socket]:
    """A connection for requests to a fork server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        line.connect(str(where))
        yield line


@contextlib.contextmanager
def forking(control: socket.socket) -> Iterator[None]:
    """Our programs that are started meanwhile are forks."""
    with patch.object(asyncio, "create_subprocess_exec", Forks(control).start):
        yield


def interpreting() -> contextlib.AbstractContextManager[Any]:
    """Everything is started normally again."""
    return patch.object(asyncio, "create_subprocess_exec", a_new_interpreter)


@dataclass(frozen=True, slots=True)
class Forks:
    control: socket.socket

    async def start(self, *command: Any, **how: Any) -> Any:
        """The counterpart of `asyncio.create_subprocess_exec`."""
        interpreter, flag, module, *_ = *command, "", ""
        if (interpreter, flag) != (sys.executable, "-m") or not module.startswith(OURS):
            return await a_new_interpreter(*command, **how)
        return await self._fork(command[2:], **how)

    async def _fork(
        self,
        arguments: tuple[str, ...],
        *,
        env: Mapping[str, str],
        cwd: Path = CHECKOUT,
        stdin: Any = None,
        stdout: Any = None,
        stderr: Any = None,
    ) -> Forked:
        program = {"arguments": arguments, "env": dict(env), "cwd": str(cwd)}
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as theirs_now:
            theirs_now.enter_context(theirs)
            given, writer = await _input(stdin, theirs_now)
            out, output = await _output(stdout, 1, theirs_now)
            err, errors = await _output(stderr, 2, theirs_now)
            socket.send_fds(self.control, [json.dumps(program).encode()], [theirs.fileno(), given, out, err])
        line = asyncio.StreamReader()
        end, _ = await asyncio.get_running_loop().create_connection(lambda: Hearing(line), sock=ours)
        if not (pid := await line.readline()):
            end.close()
            raise AssertionError(FAILED)
        return Forked(pid=int(pid), line=line, end=end, stdin=writer, stdout=output, stderr=errors)


class Hearing(asyncio.StreamReaderProtocol):
    """Keeps a reference to its reader, like that of a subprocess.

    A plain one does not, so that a task without other references, such as those of discord.py, would be garbage
    collected while it waits for a fork's output.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        super().__init__(reader)
        self.reader = reader


async def _input(wanted: Any, theirs: contextlib.ExitStack) -> tuple[int, asyncio.WriteTransport | None]:
    """The program's end of its input, and ours."""
    if wanted == asyncio.subprocess.PIPE:
        read, write = os.pipe()
        writer, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.Protocol, os.fdopen(write, "wb"))
        return _theirs(read, theirs), writer
    if wanted in {None, asyncio.subprocess.DEVNULL}:
        return _theirs(os.open(os.devnull, os.O_RDONLY), theirs), None
    return int(wanted), None


async def _output(wanted: Any, standard: int, theirs: contextlib.ExitStack) -> tuple[int, asyncio.StreamReader | None]:
    """The program's end of its output, and ours."""
    if wanted == asyncio.subprocess.PIPE:
        read, write = os.pipe()
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: Hearing(reader), os.fdopen(read, "rb"))
        return _theirs(write, theirs), reader
    return standard if wanted is None else wanted.fileno(), None


def _theirs(file: int, theirs: contextlib.ExitStack) -> int:
    theirs.callback(os.close, file)
    return file


class Forked:
    """The part of `asyncio.subprocess.Process` that callers of our programs use."""

    def __init__(
        self,
        *,
        pid: int,
        line: asyncio.StreamReader,
        end: asyncio.Transport,
        stdin: asyncio.WriteTransport | None,
        stdout: asyncio.StreamReader | None,
        stderr: asyncio.StreamReader | None,
    ) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout, self.stderr = stdout, stderr
        self._stdin = stdin
        self._ended = asyncio.create_task(self._ends(line, end))

    async def _ends(self, line: asyncio.StreamReader, end: asyncio.Transport) -> int:
        said = await line.readline()
        end.close()
        assert said, FAILED
        self.returncode = int(said)
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    async def communicate(self, said: bytes = b"") -> tuple[bytes, bytes]:
        if self._stdin is not None:
            self._stdin.write(said)
            self._stdin.close()
        out, err, _ = await asyncio.gather(_all_of(self.stdout), _all_of(self.stderr), self.wait())
        return out, err

    def send_signal(self, number: int) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def _all_of(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()
