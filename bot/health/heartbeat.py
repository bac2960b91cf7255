"""The file in which a running process reports, every few seconds, that it is alive and which parts are ready.

It is in the system's folder for temporary files, which every container has for itself, so a container's health check
works without a port.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.config.started_as import COMMAND
from bot.health.processes import runs
from bot.health.readiness import Readiness

log = logging.getLogger(__name__)

EVERY = 10.0  # seconds between two heartbeats
SOON = 1.0  # seconds, while something is not ready: at the start that should not take long
WHOLE = "run"  # the command of a process that does everything
PID = "pid"  # beside the parts that are ready or not
FRESH = 60.0  # seconds: a process that has not written for so long hangs or is gone


async def _not_opened() -> bool:
    return False


# What a process reports while it starts: it first opens the database, and waits for one that is down.
STARTING = Readiness(checks={"database": _not_opened})


def heartbeat_file(data_dir: Path, of: str = "") -> Path:
    """One per data folder on this machine, and one per process `of` several that share it."""
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"kinora-{name}{of}.json"


def own_heartbeat_file(data_dir: Path, command: str) -> Path:
    """The file of this process. `command` is what it was started with.

    A second process that does everything waits for its turn to answer people, and has its own file meanwhile.
    """
    whole = heartbeat_file(data_dir)
    if command == WHOLE and not _is_anothers(whole):
        return whole
    return heartbeat_file(data_dir, f"-{command} {os.getpid()}".replace(" --", "-"))


def _is_anothers(path: Path) -> bool:
    """Whether another running process writes its heartbeat there."""
    pid = (_read(path) or {}).get(PID)
    return isinstance(pid, int) and pid != os.getpid()


def heartbeats(data_dir: Path) -> Mapping[str, Mapping[str, bool]]:
    """The reports of the live processes with this data folder: "" is the one that does everything."""
    whole = heartbeat_file(data_dir)
    files = sorted(whole.parent.glob(f"{whole.stem}*.json"))
    reports = ((file.stem.removeprefix(whole.stem).removeprefix("-"), read_heartbeat(file)) for file in files)
    return {name: report for name, report in reports if report is not None}


@dataclass(slots=True, kw_only=True)
class Heartbeat:
    path: Path
    readiness: Readiness = STARTING  # replaced once there is more to say
    every: float = EVERY

    async def run(self) -> None:
        """Runs until cancelled, then removes the file."""
        said_why = False
        try:
            while True:
                report = await self.readiness.report()
                try:
                    _write(self.path, report)
                except OSError as error:
                    if not said_why:
                        log.warning("`%s health` will not know of this process: %s", COMMAND, error)
                    said_why = True
                await asyncio.sleep(self.every if all(report.values()) else min(self.every, SOON))
        finally:
            self.path.unlink(missing_ok=True)


def _write(path: Path, report: Mapping[str, bool]) -> None:
    """Written in one step, as somebody may be reading it."""
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({**report, PID: os.getpid()}))
    fresh.replace(path)


def read_heartbeat(path: Path) -> Mapping[str, bool] | None:
    """The report of a live process; None if there is none."""
    report = _read(path)
    return None if report is None else {str(name): bool(ready) for name, ready in report.items() if name != PID}


def _read(path: Path) -> Mapping[str, object] | None:
    """What a live process wrote there; None if there is none. One that was killed left its file behind."""
    try:
        if time.time() - path.stat().st_mtime > FRESH:
            return None
        report = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return report if isinstance(report, dict) and _may_run(report.get(PID)) else None


def _may_run(pid: object) -> bool:
    """Whether the process of this number may be running; True for a report without one."""
    return not isinstance(pid, int) or runs(pid)
