"""How long searches take: `python -m bench.search [sqlite|postgresql] [videos] [rounds] [folder]`.

The database is filled like one of an older version, its words are indexed as at the first start after an update, and
then searches are made like the bot does. In a given folder it is kept for the next time.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.databases import Statements, explain, filled
from bench.measuring import machine, row
from bench.million import LARGEST, NOW, STEP
from bench.prompts import JAPANESE, WORDS, some_words
from bot.clock import SystemClock
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.studio.library import Reader, VideoFilter
from storage.db.database import Database
from storage.jobs.queue import SqlJobQueue
from storage.studio.library import SqlVideoLibrary
from storage.studio.search.index import SearchedOrder, put
from storage.studio.search.walk import SqlSearchWalk
from storage.tables import jobs
from tests.builders import a_job, a_request

ONE, SMALL = LARGEST * STEP + 7, 40  # a member, and a small server
PER_PAGE = 3
MANAGER = Reader(member_id=1)
MINE, EVERYBODYS = VideoFilter(owner_id=ONE), VideoFilter()
rng = random.Random(5)

WORDS_ASKED: Mapping[str, Callable[[], str]] = {
    "a word of most": lambda: rng.choice(("a", "the", "in", "cinematic", "snow", "light", "fox")),
    "two of them": lambda: rng.choice(("fox snow", "cat paris", "red rain", "slow moon", "lighthouse film")),
    "some word": lambda: some_words(rng, 1)[0],
    "two words": lambda: " ".join(some_words(rng, 2)),
    "a rare word": lambda: rng.choice(WORDS),
    "no word of any": lambda: "xylophone" + rng.choice("aeiou"),
    "one to three letters": lambda: rng.choice(WORDS)[: rng.randrange(1, 4)],
    "half a word": lambda: rng.choice(WORDS)[:5],
    "a phrase": lambda: rng.choice(('"in the snow"', '"shot on 35mm film"', '"two foxes at dawn"', '"dawn shot"')),
    "Japanese": lambda: rng.choice(("猫", "東京", "雪の中", "灯台と夕日", rng.choice(JAPANESE))),
}
ASKED_BY = {
    "mine": (LARGEST, MINE, Reader(member_id=ONE)),
    "server": (LARGEST, EVERYBODYS, MANAGER),
    "server, failed": (LARGEST, VideoFilter(state=HistoryFilter.FAILED), MANAGER),
    "server, one model": (LARGEST, VideoFilter(model="ltx-2"), MANAGER),
    "server, a channel": (LARGEST, EVERYBODYS, replace(MANAGER, channels=frozenset({LARGEST * STEP}))),
    "small server": (SMALL, EVERYBODYS, MANAGER),
}


async def main(backend: str, videos: int, rounds: int, folder: Path) -> None:
    async with filled(backend, folder, videos, _collect) as database:
        print(f"{machine()}; {backend}, {videos:,} videos, half of them on one server; milliseconds")
        print(f"{'':<45}{'p50':>10}{'p99':>10}{'max':>10}")
        library, statements = SqlVideoLibrary(database=database), Statements()
        every, worked = list[float](), list[float]()
        starts = [None, *(await _places(database))]
        with statements.noted():
            for words, asked in WORDS_ASKED.items():
                for whose, (guild, wanted, reader) in ASKED_BY.items():
                    times, work = list[float](), list[float]()
                    for _ in range(rounds):
                        began = time.process_time() + statements.served
                        search = replace(wanted, words=asked())
                        times.append(await _timed(library, guild, search, reader, rng.choice(starts)))
                        work.append(time.process_time() + statements.served - began)
                    every += times
                    worked += work
                    print(row(f"{words}, {whose}".ljust(37), times), row("worked", work), flush=True)
        print(row("all searches".ljust(37), every))
        print(row("what processors worked for one".ljust(37), worked))
        await _orders(database)
        await explain(backend, database, statements)


async def _timed(
    library: SqlVideoLibrary, guild: int, wanted: VideoFilter, reader: Reader, start: Cursor | None
) -> float:
    began = time.perf_counter()
    await library.page(guild, wanted, reader, start, PER_PAGE)
    return time.perf_counter() - began


async def _places(database: Database) -> list[Cursor]:
    """Some videos of the largest server from which people turn pages."""
    some = select(jobs.c.id).where(jobs.c.guild_id == LARGEST).order_by(jobs.c.created_at).limit(100_000)

    async def read(connection: AsyncConnection) -> list[Cursor]:
        ids = (await connection.execute(some)).scalars().all()
        return [Cursor(direction=Direction.OLDER, at=JobId(each)) for each in ids[:: max(1, len(ids) // 4)]]

    return await database.read(read)


async def _orders(database: Database) -> None:
    """How long an order takes, and how much of that is spent on its words."""
    queue = SqlJobQueue(database=database, clock=SystemClock(), budget=Usd.of(10**6))
    whole, words = list[float](), list[float]()
    for number in range(200):
        prompt = " ".join(["a fox in the snow", *some_words(rng, 12)])
        order = a_job(request=a_request(prompt=prompt), guild_id=10**9 + number % 5, created_at=SystemClock().now())
        began = time.perf_counter()
        await queue.add(order)
        whole.append(time.perf_counter() - began)
        again = replace(SearchedOrder.of(order), guild_id=10**9 + 5, created_at=NOW)

        async def write(connection: AsyncConnection, entry: SearchedOrder = again) -> None:
            began = time.perf_counter()
            await put(connection, entry)
            words.append(time.perf_counter() - began)

        await database.write(write)
    print(row("an order".ljust(37), whole))
    print(row("of it, for its words".ljust(37), words))


async def _collect(database: Database) -> None:
    began, walk = time.perf_counter(), SqlSearchWalk(database=database, clock=SystemClock())
    await walk.begin()
    while await walk.step():
        pass
    print(f"words collected in {time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    _backend, _videos, _rounds = [*sys.argv[1:4], *("sqlite", "1000000", "20")[len(sys.argv[1:4]) :]]
    with tempfile.TemporaryDirectory() as _folder:
        _place = Path(sys.argv[4]) if len(sys.argv) > 4 else Path(_folder)
        asyncio.run(main(_backend, int(_videos), int(_rounds), _place))
