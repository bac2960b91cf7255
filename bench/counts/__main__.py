"""Counts a video's use of the database and of Discord: `python -m bench.counts`.

The shipped bot runs between the simulated services; the second video of a server is counted, from `/create` until two
seconds after it is posted. The figures are recorded in `recorded.json` beside this file, and a test compares the bot
with them.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.counts.bot import TRANSACTIONS
from bot.sandbox.discord.http.diary import Exchange
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.e2e.acting import card_goes, create

RENDER_SECONDS = 8.0
FIGURES = re.compile(r"(\\n)?[\d▰▱≈% ]+")  # in JSON: a progress bar has its own line
PASSING = ("**Sending to ", "**Done.** Posting…")  # phases that a card shows only where they take long
WORKERS = ("step of ", "write looks")  # names of the tasks that store the results of steps
AFTERWARDS = 2.0  # seconds from the removal of the card until all notices are sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Of one video. Edits that only show progress are excluded."""

    create_statements: int  # between `/create` and its card
    create_writes: int  # transactions
    step_writes: int  # by steps other than polls, including the post
    look_statements: int  # by a poll without news, except for those that it shares with other polls
    requests: int  # to Discord, including each edit of the card for a new phase, except for those in `PASSING`


async def counted() -> Counts:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder), render_seconds=RENDER_SECONDS, settings={"ACCESS_DEFAULT": "everyone"})
        stage.keeper = BotKeeper(stage.data, program=("-m", "bench.counts.bot"))
        async with stage.running():
            await _make(stage, 1)
            log, asked = stage.data / TRANSACTIONS, len(list(stage.world.diary))
            await asyncio.to_thread(log.write_text, "")
            await _make(stage, 2)
            lines = (await asyncio.to_thread(log.read_text)).splitlines()
            return _counts([json.loads(line) for line in lines], list(stage.world.diary)[asked:])


async def _make(stage: Stage, number: int) -> None:
    ann = stage.person("ann")
    card = await create(stage, prompt=f"video number {number}")
    await stage.world.until(lambda: sum(bool(message.media) for message in ann.sees()) == number, timeout=90.0)
    await card_goes(stage, card)
    await asyncio.sleep(AFTERWARDS)


def _counts(transactions: Sequence[dict[str, Any]], asked: Sequence[Exchange]) -> Counts:
    create = [each for each in transactions if each["task"] == "CommandTree-invoker"]
    steps = [each for each in transactions if each["task"].startswith(WORKERS) and each["kind"] == "write"]
    looks = [each for each in steps if _is_look(each["statements"])]
    return Counts(
        create_statements=sum(len(each["statements"]) for each in create),
        create_writes=sum(each["kind"] == "write" for each in create),
        step_writes=len(steps) - len(looks),
        look_statements=max((len(each["statements"]) for each in looks), default=0),
        requests=len(asked) - _progress_edits(asked),
    )


def _progress_edits(asked: Sequence[Exchange]) -> int:
    """Edits that changed only the figures in a message (its progress, when it will be ready) or show a short phase."""
    shown, edits = dict[str, str](), 0
    for each in asked:
        if each.method == "PATCH":
            body = json.dumps(each.body, sort_keys=True, ensure_ascii=False)
            words = FIGURES.sub("", body)
            edits += shown.get(each.path) == words or any(passing in body for passing in PASSING)
            shown[each.path] = words
    return edits


def _is_look(statements: Sequence[str]) -> bool:
    return len(statements) == 1 and statements[0].startswith("UPDATE jobs SET detail=")


if __name__ == "__main__":
    for name, number in asdict(asyncio.run(counted())).items():
        print(f"{name.replace('_', ' '):<24}{number:>6}")
