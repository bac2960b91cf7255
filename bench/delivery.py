"""From a service's "done" to the video in the channel: `python -m bench.delivery [videos] [renders]`.

The shipped bot runs between the simulated services, whose films are all the same 5 MB, so that nothing has to be
painted. First come videos in sequence; then the same number in groups of five; then in sequence while the given number
of renders are in progress. A wait begins with the service's answer that a video is done. Finally the given number of
videos end while the bot is down (kill -9). Linux.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from aiohttp import web
from discord.utils import snowflake_time

from bench.measuring import machine, quantile, worked
from bot.member_limits import PER_SECOND
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting import lab
from tests.e2e.acting import create, until
from tests.fleet import OneFilm

PADDING = 4_500_000  # bytes in addition to the film itself
RENDER_SECONDS = 1.0
BETWEEN = 2.0  # seconds between orders, so that no two are delivered at once
TOGETHER = 5
FOR_EVER = 3600.0  # seconds that the renders in the background take
AWAY = 6.0  # seconds, plus half a second per order, until videos end that were ordered before an outage
PATIENCE = 300.0  # seconds
SETTINGS = {
    "ACCESS_DEFAULT": "everyone",
    "GUILD_MONTHLY_BUDGET_USD": "100000",
    "MEMBER_WAITING_JOBS": "100000",
    "MAX_CONCURRENT_JOBS": "1000",
}


class TellingHost(VideoHost):
    """Remembers when it first reported a video as done."""

    def __init__(self, *, render_seconds: float) -> None:
        super().__init__(render_seconds=render_seconds)
        self.said_done: dict[str, float] = {}  # by prompt, in Unix seconds

    async def _shown(self, request: web.Request, video: SimulatedVideo) -> web.Response:
        if video.status(time.time()) == "completed":
            self.said_done.setdefault(video.ordered.prompt, time.time())
        return await super()._shown(request, video)


@dataclass(kw_only=True)
class Orders:
    """Orders videos, each with its own prompt."""

    stage: Stage
    host: TellingHost
    prompts: list[str] = field(default_factory=list)

    async def order(self, count: int) -> Sequence[str]:
        """Their prompts, once the service has them all."""
        created = len(self.host.created)
        new = [f"an owl, take {len(self.prompts) + number}." for number in range(count)]
        self.prompts += new
        for number, prompt in enumerate(new, 1):
            await create(self.stage, prompt=prompt)
            if number >= TOGETHER:
                await asyncio.sleep(1 / PER_SECOND)  # the bot ignores a member who acts faster than that
        await until(self.stage, lambda: len(self.host.created) >= created + count, PATIENCE)
        return new

    async def posted(self, prompts: Sequence[str]) -> list[float]:
        """Seconds from "done" to the message of each."""
        messages = await self.stage.world.until(lambda: self._all_shown(prompts), timeout=PATIENCE)
        return [
            snowflake_time(message.id).timestamp() - self.host.said_done[prompt]
            for prompt, message in zip(prompts, messages, strict=True)
        ]

    def shown(self, prompts: Sequence[str]) -> list[Message]:
        films = [message for message in self.stage.person("ann").sees() if message.media]
        return [message for prompt in prompts for message in films if prompt in message.text]

    def _all_shown(self, prompts: Sequence[str]) -> list[Message]:
        """Their messages; none until all are there."""
        shown = self.shown(prompts)
        return shown if len(shown) == len(prompts) else []


async def main(videos: int = 20, renders: int = 200) -> None:
    print(f'{machine()}; films of 5 MB; seconds from the service\'s "done" to the post')
    with tempfile.TemporaryDirectory() as name, patch.object(lab, "shoot", OneFilm(PADDING)):
        stage = Stage(Path(name), settings=SETTINGS)
        stage.host = host = TellingHost(render_seconds=RENDER_SECONDS)
        async with stage.running():
            orders = Orders(stage=stage, host=host)
            await orders.posted(await orders.order(1))  # the first video loads what is needed to make videos
            before = _worked(stage)
            _tell("one after the other", await _one_after_the_other(orders, videos))
            await asyncio.sleep(BETWEEN)
            _tell_work([(now - then) / videos for now, then in zip(_worked(stage), before, strict=True)])
            _tell(f"{TOGETHER} at once", await _at_once(orders, videos))
            host.render_seconds = FOR_EVER
            await orders.order(renders)
            host.render_seconds = RENDER_SECONDS
            _tell(f"beside {renders} renders", await _one_after_the_other(orders, videos))
            await _after_an_outage(orders, videos)


async def _one_after_the_other(orders: Orders, videos: int) -> list[float]:
    prompts = list[str]()
    for _ in range(videos):
        pause = asyncio.create_task(asyncio.sleep(BETWEEN))
        prompts += await orders.order(1)
        await pause
    return await orders.posted(prompts)


async def _at_once(orders: Orders, videos: int) -> list[float]:
    waits = list[float]()
    while len(waits) < videos:
        waits += await orders.posted(await orders.order(TOGETHER))
    return waits


async def _after_an_outage(orders: Orders, videos: int) -> None:
    orders.host.render_seconds = seconds = AWAY + videos / 2  # none ends before the bot is down
    prompts = await orders.order(videos)
    await orders.stage.keeper.kill()
    missing = videos - len(orders.shown(prompts))
    ends = max(each.at for each in orders.host.created) + seconds
    await asyncio.sleep(max(0.0, ends - time.time()))
    began = time.perf_counter()
    await orders.stage.keeper.start()
    await orders.posted(prompts)
    print(f"from the start to the last post, after an outage: {time.perf_counter() - began:.1f} for {missing}")


def _worked(stage: Stage) -> tuple[float, float]:
    """Processor seconds of the bot, and of its media processes that have ended."""
    bot = worked(stage.keeper.process_id)
    return bot, worked(stage.keeper.process_id, with_ended_children=True) - bot


def _tell_work(seconds: Sequence[float]) -> None:
    bot, media = seconds
    print(f"{'processor time of each, from order on':<36} {bot:.2f} the bot, {media:.2f} its media process")


def _tell(what: str, waits: Sequence[float]) -> None:
    print(f"{what:<36} p50 {quantile(waits, 0.5):.2f}, p99 {quantile(waits, 0.99):.2f} (n={len(waits)})", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
