"""`python -m bot health`: what the processes on this machine report about themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.health.heartbeat import FRESH, heartbeats

HEALTHY, UNHEALTHY = 0, 1  # exit codes, as a container's health check reads them
NOT_RUNNING = f"✗ No Kinora with this DATA_DIR has given a sign of life here in the last {FRESH:.0f} seconds."


def health(data_dir: Path, *, ready: bool) -> tuple[int, Sequence[str]]:
    """The exit code, and lines that say how it is.

    With `ready`, each part of each process with this data folder must be ready; otherwise one live process is enough.
    """
    reports = heartbeats(data_dir)
    if not reports:
        return UNHEALTHY, [NOT_RUNNING]
    is_ready = all(all(report.values()) for report in reports.values())
    lines = [line for name, report in reports.items() for line in _lines(name, report)]
    return HEALTHY if is_ready or not ready else UNHEALTHY, lines


def _lines(name: str, report: Mapping[str, bool]) -> Sequence[str]:
    parts = [f"✓ {part}" if is_ready else f"✗ {part} is not ready" for part, is_ready in report.items()]
    return [f"✓ {name} alive" if name else "✓ alive", *parts]
