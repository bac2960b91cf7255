"""From process start to ready, and the memory of an idle bot: `python -m bench.startup [runs]` (Linux).

The first run makes the database and registers the commands; the later ones find both unchanged.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import machine
from bot.sandbox.stage import Stage

SETTLE = 3.0  # seconds until an idle bot has done what it does after start


async def main(runs: int = 5) -> None:
    print(f"{machine()}; seconds from process start to READY handled, MB resident after {SETTLE:.0f} idle seconds")
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder)).running() as stage:
            for run in range(runs + 1):
                await stage.keeper.stop()
                stage.keeper.log.unlink(missing_ok=True)
                began = time.perf_counter()
                await stage.keeper.start()
                await _ready(stage)
                took = time.perf_counter() - began
                await asyncio.sleep(SETTLE)
                name = "first" if run == 0 else f"run {run}"
                print(f"{name:<8}{took:>8.2f} s{_resident(stage.keeper.process_id) / 2**20:>10.0f} MB")


async def _ready(stage: Stage) -> None:
    while not (stage.keeper.log.exists() and "ready as" in stage.keeper.log.read_text()):  # noqa: ASYNC110 (a file has no event)
        await asyncio.sleep(0.01)


def _resident(process: int) -> int:
    """Bytes of memory a process holds (VmRSS)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
