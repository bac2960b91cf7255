"""`python -m bot health`: what the process on this machine says of itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.health.heartbeat import FRESH, heartbeat_file, read_heartbeat

HEALTHY, UNHEALTHY = 0, 1  # exit codes, as a container's health check reads them
NOT_RUNNING = f"✗ No Kinora with this DATA_DIR has given a sign of life here in the last {FRESH:.0f} seconds."


def health(data_dir: Path, *, ready: bool) -> tuple[int, Sequence[str]]:
    """The exit code, and lines that say how it is.

    With `ready`, it is well only when each part is; otherwise when the process is alive.
    """
    report = read_heartbeat(heartbeat_file(data_dir))
    if report is None:
        return UNHEALTHY, [NOT_RUNNING]
    parts = [f"✓ {name}" if is_ready else f"✗ {name} is not ready" for name, is_ready in report.items()]
    return HEALTHY if all(report.values()) or not ready else UNHEALTHY, ["✓ alive", *parts]
