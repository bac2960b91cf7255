"""Kinora in several processes, with one PostgreSQL and one object store.

`python -m bench.fleet killed [jobs]`: two gateways' shards and three workers, with processes killed at random (-9) and
the store's node once, while people order the given number of videos. Each has to be paid once and posted once, and the
books must be right.

`python -m bench.fleet workers [videos of each] [1,3,6]`: how many videos per minute workers make if the service
delivers them slowly, so that the limit is a worker's simultaneous downloads and not this machine. The number of videos
per worker is the same, so that all are busy for the same time.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.measuring import machine
from bot.sandbox.video.trouble import Drip, Operation
from tests.contract.databases import a_url
from tests.fleet import Fleet
from tests.object_stores import ACCESS_KEY, SECRET_KEY, SeaweedFS, seaweedfs
from tests.waiting import comes_true

PATIENCE = 1800.0  # seconds
STORE_AWAY = 5.0  # seconds
PAUSE = (30.0, 90.0)  # seconds between two kills
TRIED_ALONE = "is tried alone"
SLOW_DOWNLOAD = (90.0, 110.0)  # seconds that a download takes, varied so that they don't all end at once
DRIP = 0.5  # seconds between two pieces of it
FILM = 3_500_000  # bytes of each video: a download much slower than 16 KiB a second counts as a fault


async def killed(jobs: int = 500) -> None:
    with tempfile.TemporaryDirectory() as name, a_url("postgres", Path(name)) as url:
        folder = Path(name)
        (folder / "store").mkdir()
        async with seaweedfs(folder / "store") as node:
            fleet = Fleet(folder=folder, url=url, settings=_in_store(node))
            async with fleet.open():
                for shard in ("0", "1"):
                    await fleet.starts("run --no-work", SHARD_COUNT="2", SHARD_IDS=shard)
                for _ in range(3):
                    await fleet.starts("work")
                nearly_all = partial(fleet.has_shown, jobs * 9 // 10)
                began = time.perf_counter()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(fleet.order_many(jobs))
                    striking = tasks.create_task(fleet.strike(random.Random(13), nearly_all, pause=PAUSE))
                    tasks.create_task(_without_store(fleet, node, jobs // 3))
                found = await fleet.at_rest(PATIENCE)
                print(
                    f"{machine()}; {len(found)} videos in {time.perf_counter() - began:.0f} s, "
                    f"{striking.result()} processes killed, the store's node once; jobs were tried alone "
                    f"{sum(post.times_said(TRIED_ALONE) for post in fleet.posts)} times"
                )
                print("\n".join(await fleet.troubles(found)) or "each paid once, shown once, and in the books")


async def _without_store(fleet: Fleet, node: SeaweedFS, after: int) -> None:
    """Its node is killed after so many orders, and comes back."""
    await comes_true(lambda: len(fleet.host.created) >= after, PATIENCE)
    await node.stop()
    await asyncio.sleep(STORE_AWAY)
    await node.start()


async def workers(of_each: int = 16, counts: Sequence[int] = (1, 3, 6)) -> None:
    shortest, longest = SLOW_DOWNLOAD
    print(f"{machine()}; {of_each} videos for each worker, {shortest:.0f} to {longest:.0f} s on their way")
    for count in counts:
        rate, worked = await _rate(of_each * count, count)
        print(
            f"{count} workers: {rate:.1f} videos a minute; processors worked {worked:.0%} of the time "
            f"at a load of {os.getloadavg()[0]:.1f}",
            flush=True,
        )


async def _rate(jobs: int, count: int) -> tuple[float, float]:
    """Videos per minute, from the first download to the last post; and how busy the machine was."""
    rng = random.Random(13)
    with tempfile.TemporaryDirectory() as name, a_url("postgres", Path(name)) as url:
        fleet = Fleet(folder=Path(name), url=url, settings={"MAX_CONCURRENT_JOBS": "1000"}, padding=FILM)
        async with fleet.open():
            await fleet.starts("run --no-work")
            await fleet.order_many(jobs)
            seconds = [rng.uniform(*SLOW_DOWNLOAD) for _ in range(jobs * 3)]  # posters and stills are downloaded too
            drips = [Drip(size=round(FILM * DRIP / each), pause=DRIP) for each in seconds]
            fleet.host.trouble.next(Operation.CONTENT, *drips)
            for _ in range(count):
                await fleet.starts("work")
            await comes_true(lambda: fleet.host.asked[Operation.CONTENT] > 0, PATIENCE)
            began, idle = time.perf_counter(), _idle()
            found = await fleet.at_rest(PATIENCE)
            took, idle = time.perf_counter() - began, _idle() - idle
            if troubles := await fleet.troubles(found):
                raise RuntimeError("; ".join(troubles))
            return jobs / took * 60, 1 - idle / took / (os.cpu_count() or 1)


def _idle() -> float:
    """Seconds in which this machine's processors were idle since it was started. Linux."""
    return float(Path("/proc/uptime").read_text().split()[1])


def _in_store(node: SeaweedFS) -> dict[str, str]:
    return {
        "FILES_URL": "s3://kinora/fleet",
        "FILES_ENDPOINT": node.endpoint,
        "FILES_ACCESS_KEY": ACCESS_KEY,
        "FILES_SECRET_KEY": SECRET_KEY,
    }


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["killed"]
    if what == "workers":
        numbers = [int(number) for number in (rest[1] if len(rest) > 1 else "1,3,6").split(",")]
        asyncio.run(workers(int(rest[0]) if rest else 16, numbers))
    else:
        asyncio.run(killed(int(rest[0]) if rest else 500))
