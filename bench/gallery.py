"""How long a page of a gallery takes the bot: `python -m bench.gallery [videos] [rounds]`.

The real bot serves it, from a SQLite database in a temporary folder. Half of the videos are on the demo's server, and
of those every other is Ann's. Asked for over loopback, one page after the other, after the first.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import aiohttp

from bench.measuring import machine, row
from bench.million import LARGEST, fill
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage, own_pages
from storage.db.database import Database
from storage.reports.rebuild import mend

PATIENCE = 30.0  # seconds
NEXT = re.compile(r'class="older" href="([^"]+)"')


async def main(videos: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), settings=own_pages())
        await _fill(stage, videos)
        async with stage.running():
            print(f"{machine()}; SQLite, {videos:,} videos, a quarter of them one member's; milliseconds")
            print(f"{'':<36}{'p50':>10}{'p99':>10}{'max':>10}")
            await _measure(await _link(stage), rounds)


async def _fill(stage: Stage, videos: int) -> None:
    url = f"sqlite:///{stage.data / 'kinora.db'}"
    await (await Database.open(url)).close()
    fill(url, videos)
    guild, ann, max_ = stage.world.guild().id, stage.person("ann").id, stage.person("max").id
    with closing(sqlite3.connect(stage.data / "kinora.db")) as connection, connection:
        connection.execute(
            "UPDATE jobs SET guild_id = ?, owner_id = CASE owner_id % 2 WHEN 0 THEN ? ELSE ? END WHERE guild_id = ?",
            (guild, ann, max_, LARGEST),
        )
        connection.execute("DELETE FROM ledger")  # which would no longer add up
    database = await Database.open(url)
    await mend(database)  # as the bot would at its start, which is not to be measured
    await database.close()


async def _link(stage: Stage) -> str:
    outcome = await stage.person("ann").types("/history")
    message: Message | None = outcome.message
    assert message is not None
    found = await stage.world.until(
        lambda: [button.url for button in message.buttons if button.label == "Open gallery"], timeout=PATIENCE
    )
    assert found[0] is not None
    return found[0]


async def _measure(link: str, rounds: int) -> None:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor:
        began = time.perf_counter()
        async with visitor.get(link) as page:
            own, text = str(page.url), await page.text()
        print(row("opened by its link", [time.perf_counter() - began]))
        older = NEXT.search(text)
        assert older is not None
        asked: Mapping[str, str] = {
            "first page": own,
            "second page": own + older[1].replace("&amp;", "&"),
            "first page of those that failed": f"{own}?state=failed",
            "first page of one model": f"{own}?model=veo-3.1",
        }
        for name, address in asked.items():
            print(row(name, [await _timed(visitor, address) for _ in range(rounds)]), flush=True)


async def _timed(visitor: aiohttp.ClientSession, address: str) -> float:
    began = time.perf_counter()
    async with visitor.get(address) as page:
        assert page.status == 200
        await page.read()
    return time.perf_counter() - began


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    asyncio.run(main(*(numbers + [100_000, 100][len(numbers) :])))
