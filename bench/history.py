"""How long a page of /history takes, posters included: `python -m bench.history [videos, 100000] [rounds, 40]`.

The shipped bot runs as its own process between the simulated services, with a SQLite database of that many videos: half
of them on the demo's server, and every second one of those Ann's. Each has its own poster file. A page counts as
complete when the answering message shows its posters.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from PIL import Image

from bench.measuring import machine, row
from bench.million import LARGEST, fill
from bot.media.video.footage import Still
from bot.media.video.sheet import STILLS, moving_poster
from bot.member_limits import PER_SECOND
from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from storage.db.database import Database
from storage.reports.rebuild import mend

POSTER = "p"  # the poster's name in all rows
POSTERS = 3  # on a page
PATIENCE = 60.0  # seconds


async def main(videos: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), settings={"GUILD_MONTHLY_BUDGET_USD": "100000"})
        await _prepare(stage, videos)
        async with stage.running():
            print(f"{machine()}; SQLite, {videos:,} videos, a quarter of them Ann's; milliseconds")
            print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
            first, older = await _measure(stage, rounds)
        print(row("the first page", first))
        print(row("older pages", older))


async def _prepare(stage: Stage, videos: int) -> None:
    """A database as the bot leaves it, and a poster."""
    stage.data.mkdir(parents=True, exist_ok=True)
    file, world = stage.data / "kinora.db", stage.world
    await (await Database.open(f"sqlite:///{file}")).close()
    fill(f"sqlite:///{file}", videos)
    channel, guild = world.channel("studio"), world.guild("Kinora demo")
    ann, max_ = (stage.person(name).user.id for name in ("ann", "max"))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM ledger")  # it would not add up, and each error would be logged
        connection.execute("DELETE FROM jobs WHERE reserved IS NOT NULL")  # the bot would continue these
        given_away = "UPDATE jobs SET owner_id = CASE owner_id % 2 WHEN 0 THEN ? ELSE ? END WHERE guild_id = ?"
        connection.execute(given_away, (ann, max_, LARGEST))
        connection.execute("UPDATE jobs SET guild_id = ? WHERE guild_id = ?", (guild.id, LARGEST))
        connection.execute("UPDATE jobs SET cost = NULL")
        connection.execute("UPDATE jobs SET channel_id = ? WHERE guild_id = ?", (channel.id, guild.id))
    database = await Database.open(f"sqlite:///{file}")
    await mend(database)  # the bot would do this before it comes online
    await database.close()
    _write_poster(stage.data / "files" / POSTER)


def _write_poster(path: Path) -> None:
    """A moving one, about as large as allowed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = Image.effect_noise((640, 360), 60).convert("RGB")
    poster = moving_poster([Still(at=0.0, image=noise.rotate(40 * number)) for number in range(STILLS)])
    path.write_bytes(poster or b"")


async def _measure(stage: Stage, rounds: int) -> tuple[list[float], list[float]]:
    ann, first, older = stage.person("ann"), list[float](), list[float]()
    for _ in range(rounds):
        began = time.perf_counter()
        page = await _shown(stage, await ann.types("/history", state="finished"))
        first.append(time.perf_counter() - began)
        began = time.perf_counter()
        await _leafed(stage, ann, page)
        older.append(time.perf_counter() - began)
        await asyncio.sleep(2 / PER_SECOND)  # the bot ignores a member who acts faster than that
    return first, older


async def _shown(stage: Stage, outcome: Outcome) -> Message:
    if outcome.failed:
        raise RuntimeError(outcome.failed)
    await outcome.settled(PATIENCE)
    message = outcome.message
    if message is None:
        raise RuntimeError("it was not answered")
    try:
        await stage.world.until(lambda: len(message.media) + len(message.thumbnails) >= POSTERS, timeout=PATIENCE)
    except TimeoutError:
        raise RuntimeError(f"it shows too few posters: {message.text}") from None
    return message


async def _leafed(stage: Stage, ann: Person, page: Message) -> None:
    before = page.text
    await ann.clicks("Older", on=page)
    await stage.world.until(lambda: page.text != before, timeout=PATIENCE)


if __name__ == "__main__":
    _numbers = [int(word) for word in sys.argv[1:]]
    asyncio.run(main(*(_numbers + [100_000, 40][len(_numbers) :])))
