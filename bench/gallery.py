"""How long the bot takes for a gallery page: `python -m bench.gallery [videos] [rounds]`.

Everything but Discord is as in the bot, with a SQLite database in a temporary folder. Half of the videos are on one
server, and every second one of those belongs to one member. Pages are requested over loopback, in sequence, by a client
in the same process.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from bench.measuring import machine, row
from bench.million import LARGEST, fill
from bot.domain.access.members import Member
from bot.domain.links import GalleryLinks, PlayerLinks, Viewer
from bot.jobs.use_cases.studio.gallery import Gallery
from bot.settings import GivenSettings
from bot.ui.text.render import plain_text
from bot.web.gallery.members import CachedMembers
from bot.web.gallery.names import CachedNames
from bot.web.gallery.pages import GalleryPages
from bot.web.gallery.visits import Visits
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.wiring.jobs import JobParts, open_parts
from bot.wiring.use_cases import use_cases
from storage.db.database import Database
from tests.ports import free_port

ANN, MAX = 1, 2
KEY = b"k" * 32
NEXT = re.compile(r'class="older" href="([^"]+)"')


@dataclass(frozen=True, slots=True)
class OneManager:
    """The GuildPeople, and the MemberNames."""

    async def member(self, guild_id: int, user_id: int) -> Member:
        return Member(id=user_id, guild_id=guild_id, name="Ann", roles=frozenset(), manages=True)

    async def names(self, _guild_id: int, member_ids: Collection[int]) -> Mapping[int, str]:
        return {each: f"Member {each}" for each in member_ids}


async def main(videos: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = GivenSettings(
            discord_token=SecretStr("t"),
            openai_api_key=SecretStr("k"),
            openai_base_url="http://127.0.0.1:9/v1",  # never used
            data_dir=Path(folder),
        )
        logging.disable()  # the ledger of these videos does not add up
        await _fill(Path(folder) / "kinora.db", videos)
        async with AsyncExitStack() as opened:
            parts = await open_parts(settings, opened)
            link = await opened.enter_async_context(_served(settings, parts))
            print(f"{machine()}; SQLite, {videos:,} videos, a quarter of them one member's; milliseconds")
            print(f"{'':<36}{'p50':>10}{'p99':>10}{'max':>10}")
            await _measure(link, rounds)


async def _fill(file: Path, videos: int) -> None:
    url = f"sqlite:///{file}"
    await (await Database.open(url)).close()
    fill(url, videos)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE jobs SET owner_id = CASE owner_id % 2 WHEN 0 THEN ? ELSE ? END WHERE guild_id = ?",
            (ANN, MAX, LARGEST),
        )


@asynccontextmanager
async def _served(settings: GivenSettings, parts: JobParts) -> AsyncIterator[str]:
    """The link to a gallery."""
    port = free_port()
    base, uses, files = f"http://127.0.0.1:{port}", use_cases(settings, parts), FilePages(files=parts.stores.files)
    links, members = GalleryLinks(base=base, key=KEY), CachedMembers(people=OneManager(), clock=parts.clock)
    gallery = GalleryPages(
        visits=Visits(links=links, members=members, clock=parts.clock, write=plain_text),
        gallery=Gallery(
            browse=uses.browse,
            library=uses.library,
            collections=uses.finished.collections,
            ratings=uses.finished.ratings,
        ),
        files=files,
        write=plain_text,
        names=CachedNames(people=OneManager(), clock=parts.clock),
    )
    player_links = PlayerLinks(base=base, key=KEY)
    pages = PlayerPages(find=parts.stores.queries.get, files=files, links=player_links, clock=parts.clock)
    stop = await serve(pages, "127.0.0.1", port, gallery=gallery)
    yield links.to(Viewer(LARGEST, ANN), parts.clock.now())
    await stop()


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
            "those that failed": f"{own}?state=failed",
            "those of one model": f"{own}?model=veo-3.1",
            "everyone's": f"{own}?whose=everyone",
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
