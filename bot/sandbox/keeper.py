"""Runs the real bot in its own process, pointed at the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

CHECKOUT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV")
PATIENCE = 15.0  # seconds; a bot that was asked to stop promises to take ten at most


class BotKeeper:
    """Starts, stops and kills `python -m bot run`, or another `program` that does the same.

    The bot gets only the given settings: neither the host's environment nor a `.env` file may lead a demo to a real
    account. It runs in the data folder, and its log there is `bot.log`.
    """

    def __init__(
        self, data: Path, program: Sequence[str] = ("-m", "bot", "run"), *, patience: float = PATIENCE
    ) -> None:
        """`patience`: seconds that the bot has to stop when asked to."""
        self._data = data
        self._program = program
        self._patience = patience
        self._settings: Mapping[str, str] = {}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        return self._data / "bot.log"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def process_id(self) -> int:
        """Of the bot that was last started."""
        return 0 if self._process is None else self._process.pid

    @property
    def settings(self) -> Mapping[str, str]:
        """Of the last start."""
        return self._settings

    async def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start it with these settings, or with the previous ones. Does nothing while it is running."""
        if self.is_running:
            return
        self._settings = settings or self._settings
        self._data.mkdir(parents=True, exist_ok=True)
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment = inherited | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"} | dict(self._settings)
        with self.output() as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._program, cwd=self._data, env=environment, stdout=log, stderr=log
            )

    def output(self) -> BinaryIO:
        """Where the bot's log goes; it may be closed once the bot is started."""
        return self.log.open("ab")

    async def stop(self) -> int | None:
        """Ask the bot to stop, as a service manager would, and wait for it; its exit code."""
        if self._process is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(self._patience):
                return await self._process.wait()
        except TimeoutError:
            await self.kill()
            return self._process.returncode

    async def kill(self) -> None:
        """Kill it at once, like a power cut (kill -9)."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
            await self._process.wait()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def ended(self) -> int:
        """Wait until the bot ends by itself; its exit code."""
        if self._process is None:
            return 0
        return await self._process.wait()
