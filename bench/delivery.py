"""From a service's "done" to the video in the channel: `python -m bench.delivery [videos]`.

The shipped bot between the pretend services, whose films are all the same one of 5 MB, so that nothing here paints.
First videos one at a time; then so many at once; then so many that end while the bot is away (kill -9).
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from bench.measuring import machine, quantile
from bot.sandbox.stage import Stage
from bot.sandbox.video.painting import lab
from tests.e2e.acting import create
from tests.fleet import OneFilm

PADDING = 4_500_000  # bytes beside the film itself
RENDER_SECONDS = 2.0
AWAY = 8.0  # seconds, and half a second for each order, until videos end that were ordered before an outage
PATIENCE = 300.0  # seconds
SETTINGS = {
    "ACCESS_DEFAULT": "everyone",
    "GUILD_MONTHLY_BUDGET_USD": "100000",
    "MEMBER_WAITING_JOBS": "100000",
    "MAX_CONCURRENT_JOBS": "100",
}


async def main(videos: int = 20) -> None:
    print(f"{machine()}; films of 5 MB, made in {RENDER_SECONDS:.0f} s; seconds")
    with tempfile.TemporaryDirectory() as name, patch.object(lab, "shoot", OneFilm(PADDING)):
        async with Stage(Path(name), render_seconds=RENDER_SECONDS, settings=SETTINGS).running() as stage:
            await _one_at_a_time(stage, videos)
            await _at_once(stage, videos)
            await _after_an_outage(stage, videos)


async def _one_at_a_time(stage: Stage, videos: int) -> None:
    waits = []
    for number in range(videos):
        before = _shown(stage)
        await create(stage, prompt=f"a fox, take {number}")
        await _until_shown(stage, before + 1)
        waits.append(time.time() - stage.host.created[-1].at - RENDER_SECONDS)
    print(
        f"done to posted, one at a time  p50 {quantile(waits, 0.5):.2f}, p99 {quantile(waits, 0.99):.2f} (n={videos})"
    )


async def _at_once(stage: Stage, videos: int) -> None:
    before, began = _shown(stage), time.perf_counter()
    await _order(stage, videos)
    await _until_shown(stage, before + videos)
    took = time.perf_counter() - began
    print(f"order to posted, all at once   {took:.1f} for {videos}: {videos / took * 60:.0f} videos a minute")


async def _after_an_outage(stage: Stage, videos: int) -> None:
    before = _shown(stage)
    stage.host.render_seconds = seconds = AWAY + videos / 2  # none ends before the bot is away
    await _order(stage, videos)
    await stage.keeper.kill()
    missing = videos - (_shown(stage) - before)
    ends = max(each.at for each in stage.host.created) + seconds
    await asyncio.sleep(max(0.0, ends - time.time()))
    began = time.perf_counter()
    await stage.keeper.start()
    await _until_shown(stage, before + videos)
    print(f"start to posted, after an outage {time.perf_counter() - began:.1f} for {missing} that had ended meanwhile")


async def _order(stage: Stage, videos: int) -> None:
    created = len(stage.host.created)
    for number in range(videos):
        await create(stage, prompt=f"an owl, take {number}")
    await stage.world.until(lambda: len(stage.host.created) >= created + videos, timeout=PATIENCE)


async def _until_shown(stage: Stage, videos: int) -> None:
    await stage.world.until(lambda: _shown(stage) >= videos, timeout=PATIENCE)


def _shown(stage: Stage) -> int:
    return sum(bool(message.media) for message in stage.person("ann").sees())


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
