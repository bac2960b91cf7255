"""How fast the bot answers people while it is busy: `python -m bench.interactions [per_second] [seconds] [in_flight]`.

The shipped bot runs as a process of its own between the pretend services, with `in_flight` jobs rendering. People then
use it `per_second` times a second. Each wait is counted from the moment the person *meant* to act, not from when the
load generator got round to it, so a slow answer cannot hide those behind it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bench.measuring import machine, row
from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.admin import join
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage

SETTINGS = {"ACCESS_DEFAULT": "everyone", "GUILD_MONTHLY_BUDGET_USD": "100000", "POLL_MAX_SECONDS": "20"}


async def main(per_second: int = 50, seconds: int = 20, in_flight: int = 200) -> None:
    settings = SETTINGS | {"MAX_CONCURRENT_JOBS": str(in_flight), "MEMBER_WAITING_JOBS": "100000"}
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder), render_seconds=600.0, settings=settings).running() as stage:
            crowd = [Person(stage.world, join(stage.world, f"Person {number}")) for number in range(per_second)]
            cards = await _fill(stage, crowd, in_flight)
            waits: dict[str, list[float]] = {}
            await _load(crowd, cards[0], per_second, seconds, waits)
    print(f"{machine()}; {per_second}/s for {seconds} s, {in_flight} jobs in flight; milliseconds until acknowledged")
    print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
    for name, times in sorted(waits.items()):
        print(row(name, times))
    print(row("all", [wait for times in waits.values() for wait in times]))


async def _fill(stage: Stage, crowd: Sequence[Person], in_flight: int) -> list[Message]:
    """Order until so many are rendering."""
    cards = []
    for number in range(in_flight):
        outcome = await crowd[number % len(crowd)].types("/create", prompt=f"job number {number}")
        await outcome.settled(30.0)
        if outcome.message is None:
            raise RuntimeError("an order was not answered")
        cards.append(outcome.message)
    await stage.world.until(lambda: len(stage.host.created) >= in_flight, timeout=300.0)
    return cards


async def _load(
    crowd: Sequence[Person], card: Message, per_second: int, seconds: int, waits: dict[str, list[float]]
) -> None:
    """Each person acts once a second: who acts much faster is not answered."""
    began = time.perf_counter()
    async with asyncio.TaskGroup() as people:
        for number in range(per_second * seconds):
            meant = began + number / per_second
            await asyncio.sleep(max(0.0, meant - time.perf_counter()))
            people.create_task(_use(crowd[number % len(crowd)], card, number, meant, waits))


async def _use(person: Person, card: Message, number: int, meant: float, waits: dict[str, list[float]]) -> None:
    name, use = USES[number % len(USES)]
    await use(person, card)
    waits.setdefault(name, []).append(time.perf_counter() - meant)


async def _answered(outcome: Awaitable[Outcome]) -> None:
    if failed := (await outcome).failed:
        raise RuntimeError(failed)


USES: list[tuple[str, Callable[[Person, Message], Awaitable[object]]]] = [
    ("/status", lambda person, _: _answered(person.types("/status"))),
    ("/status <video>", lambda person, card: _answered(person.types("/status", video=_id_on(card)))),
    ("/costs", lambda person, _: _answered(person.types("/costs"))),
    ("/create", lambda person, _: _answered(person.types("/create", prompt="one more"))),
    ("suggestions", lambda person, _: person.suggests("/remix", "video", "job", prompt="x")),
]


def _id_on(card: Message) -> str:
    return str(card.buttons[0].custom_id).rsplit(":", 1)[1]


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
