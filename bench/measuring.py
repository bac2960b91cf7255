"""What the benchmarks share: quantiles, and a line about the machine."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {platform.system()}"


def row(name: str, seconds: Sequence[float]) -> str:
    """p50, p99 and maximum in milliseconds."""
    cells = [quantile(seconds, 0.5), quantile(seconds, 0.99), max(seconds)]
    return f"{name:<28} n={len(seconds):<5}" + "".join(f"{cell * 1000:>10.1f}" for cell in cells)


def worked(process: int, *, with_ended_children: bool = False) -> float:
    """Its processor time in seconds, which other work on the machine affects less than elapsed time (Linux).

    Fields 14 to 17 of https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html.
    """
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    ticks = sum(map(int, fields[11 : 15 if with_ended_children else 13]))
    return ticks / os.sysconf("SC_CLK_TCK")
