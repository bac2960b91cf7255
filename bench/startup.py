"""The time from process start to ready, and the memory of an idle bot: `python -m bench.startup [runs]` (Linux).

In addition to elapsed seconds it shows processor time, which other work on the machine affects less.

Runs alternate with a bare discord.py bot. The first run creates the database and registers the commands; the later ones
find both unchanged. Finally one video is ordered, because the first one loads what is needed to make videos.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import machine, worked
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.e2e.acting import create, until
from tests.waiting import comes_true

SETTLE = 3.0  # seconds until an idle bot has finished its work after start-up


async def main(runs: int = 5) -> None:
    print(f"{machine()}; from process start to READY handled, and {SETTLE:.0f} idle seconds later")
    print(f"{'':<20}{'clock':>10}{'processor':>12}{'resident':>12}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with Stage(folder, render_seconds=0.5).running() as stage:
            await stage.keeper.stop()
            bare = BotKeeper(folder / "bare", program=("-m", "bench.bare"))
            for run in range(runs + 1):
                if run:
                    await _start(bare, "bare", stage)
                    await bare.stop()
                await _start(stage.keeper, f"run {run}" if run else "first", stage)
                if run < runs:
                    await stage.keeper.stop()
            await create(stage, prompt="a fox in the rain")
            await until(stage, lambda: [each for each in stage.person("ann").sees() if each.media])
            await asyncio.sleep(SETTLE)
            print(f"{'then, after a video':<20}{_resident(stage.keeper.process_id) / 2**20:>31.0f} MB")


async def _start(keeper: BotKeeper, name: str, stage: Stage) -> None:
    keeper.log.unlink(missing_ok=True)
    began = time.perf_counter()
    await keeper.start(stage.keeper.settings)
    await comes_true(lambda: _is_ready(keeper.log))
    took, work = time.perf_counter() - began, worked(keeper.process_id)
    await asyncio.sleep(SETTLE)
    print(f"{name:<20}{took:>8.2f} s{work:>10.2f} s{_resident(keeper.process_id) / 2**20:>9.0f} MB", flush=True)


def _is_ready(log: Path) -> bool:
    return log.exists() and "ready as" in log.read_text()


def _resident(process: int) -> int:
    """Bytes of memory a process holds (VmRSS)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
