"""`python -m tests.forkserver`: imports Kinora once, and forks into one of its programs on request.

An interpreter takes about a second of processor time to import Kinora, and the tests start bots, doctors and workers
more than a hundred times, and a media process for each video. A fork is just as separate a process: it has its own
environment, folder, output, signals, limits and exit code, and nothing was started before it, no thread, no loop and no
file.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import selectors
import socket
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from PIL import Image

from tests.forks import a_line_to, forking

PACKAGES = ("bot", "storage")
LEFT_OUT = ("bot.__main__", "bot.sandbox", "storage.migrations")  # a program, another program's modules, and Alembic's
LATE = (  # imported on first use, which is soon
    *("aiosqlite", "alembic.command", "alembic.config", "av.subtitles.stream", "concurrent.futures.thread", "psycopg"),
    *("anyio._backends._asyncio", "httpcore", "httpcore2", "openai.resources.models", "openai.resources.videos"),
)
KEPT = ("bot.domain.texts.languages", "bot.ui.text.locales", "bot.network.certificates")
MOST = 1 << 20  # bytes of a request
FILES = 4  # sent with a request: the channel for its exit code, standard input, output and errors


def import_everything() -> None:
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith(LEFT_OUT):
                importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    read_what_is_kept()
    gc.freeze()  # garbage collection in forks skips shared objects, so that they are not copied


def read_what_is_kept() -> None:
    """Read what a process reads only once: certificates and languages. A new bot needs them all; each takes 0.1 s."""
    languages, locales, certificates = map(importlib.import_module, KEPT)
    for language in languages.LANGUAGES:
        locales.translations(language)
    certificates.trusted()
    Image.init()  # all image formats


@dataclass(frozen=True, slots=True)
class Server:
    """Receives requests for forks, and reports to each requester how its fork ended."""

    door: socket.socket
    lines: dict[int, socket.socket] = field(default_factory=dict)  # of the clients, by file descriptor
    told: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)  # process and client, by pidfd

    def is_wanted(self) -> bool:
        """True when a client connects; False if standard input ends first."""
        came, _, _ = select.select([self.door, sys.stdin], [], [])
        return self.door in came

    def serve(self) -> dict[str, Any] | None:
        """The request, in the fork that has to fulfil it; None once standard input ends."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.door, selectors.EVENT_READ)
            selector.register(sys.stdin, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is sys.stdin:
                        return None
                    if key.fileobj is self.door:
                        selector.register(self._let_in(), selectors.EVENT_READ)
                    elif key.fd in self.lines:
                        program = self._hear(key.fd, selector)
                        if program is not None:
                            return program
                    else:
                        selector.unregister(key.fileobj)
                        self._tell_the_end(key.fd)

    def _let_in(self) -> int:
        line, _ = self.door.accept()
        self.lines[line.fileno()] = line
        return line.fileno()

    def _hear(self, number: int, selector: selectors.BaseSelector) -> dict[str, Any] | None:
        """The request, in the fork that has to fulfil it."""
        request, files, _, _ = socket.recv_fds(self.lines[number], MOST, FILES)
        if not request:  # the client has gone
            selector.unregister(number)
            self.lines.pop(number).close()
            return None
        child = os.fork()
        if child == 0:
            self._keep_only(files)
            program: dict[str, Any] = json.loads(request)
            return program
        selector.register(self._forked(child, files), selectors.EVENT_READ)
        return None

    def _forked(self, child: int, files: list[int]) -> int:
        asking, *standard = files
        for file in standard:
            os.close(file)
        line = socket.socket(fileno=asking)
        line.sendall(f"{child}\n".encode())
        ends = os.pidfd_open(child)
        self.told[ends] = child, line
        return ends

    def _tell_the_end(self, ends: int) -> None:
        child, line = self.told.pop(ends)
        os.close(ends)
        _, status = os.waitpid(child, 0)
        with line, contextlib.suppress(BrokenPipeError):  # the client may have gone
            line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def _keep_only(self, files: list[int]) -> None:
        """In a fork: take over the standard files, and close those of the server."""
        _, *standard = files
        for number, file in enumerate(standard):
            os.dup2(file, number)
        for file in files:
            os.close(file)
        for ends, (_, line) in self.told.items():
            os.close(ends)
            line.close()
        for line in (self.door, *self.lines.values()):
            line.close()


def become(program: dict[str, Any], where: Path) -> NoReturn:
    """Become the program, as `python -m` would run it. Programs that it starts are forked as well."""
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(program["cwd"])
    os.environ.clear()
    os.environ.update(program["env"])
    module, *arguments = program["arguments"]
    sys.argv = ["-m", *arguments]
    with a_line_to(where) as ask, forking(ask):
        end(_run(module))


def _run(module: str) -> int:
    """The exit code."""
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
            return 1
        return ended.code or 0
    except BaseException:  # noqa: BLE001 (an interpreter shows every exception that nothing caught)
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def end(code: int) -> NoReturn:
    """Like an interpreter, but without freeing all imported modules: that takes longer than most programs."""
    vars(threading)["_shutdown"]()  # waits for threads; typeshed does not know what multiprocessing's forks call
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    door, where = sys.argv[1:]
    server = Server(socket.socket(fileno=int(door)))
    if server.is_wanted():
        import_everything()
        wanted = server.serve()
        if wanted is not None:
            become(wanted, Path(where))
