"""How fast the bot answers people while it is busy: `python -m bench.interactions [per_second] [seconds] [in_flight]`.

The shipped bot runs as its own process between the simulated services, with `in_flight` jobs rendering. People then use
it `per_second` times a second, at times set beforehand: a slow answer cannot delay later uses. The load generator's own
delay does not count as waiting, and has its own row. So do the first use of each command, which loads what it needs,
and a discord.py bot that only answers: no bot is faster here.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.measuring import machine, row, worked
from bot.sandbox.discord.people.commands import EVERYWHERE
from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.admin import join
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.e2e.acting import until

SETTINGS = {"ACCESS_DEFAULT": "everyone", "GUILD_MONTHLY_BUDGET_USD": "100000", "POLL_MAX_SECONDS": "20"}
PING = {"name": "ping", "description": "Answer."}
BARE_SECONDS = 4  # seconds in which the bare bot is used

Use = Callable[[Person], Awaitable[object]]


@dataclass(slots=True)
class Load:
    """People's actions, in turns, at a fixed rate; and how long they wait."""

    crowd: Sequence[Person]
    uses: Sequence[tuple[str, Use]]
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    late: list[float] = field(default_factory=list)  # the generator's delay, each time

    async def run(self, per_second: int, seconds: int) -> None:
        """Each person acts once a second: the bot ignores people who act much faster."""
        began = time.perf_counter()
        with _no_collections():
            async with asyncio.TaskGroup() as people:
                for number in range(per_second * seconds):
                    meant = began + number / per_second
                    await asyncio.sleep(max(0.0, meant - time.perf_counter()))
                    people.create_task(self._use(number, meant))

    async def once(self) -> None:
        """Each action, one after the other."""
        for number in range(len(self.uses)):
            await self._use(number, time.perf_counter())

    async def _use(self, number: int, meant: float) -> None:
        name, use = self.uses[number % len(self.uses)]
        began = time.perf_counter()
        await use(self.crowd[number % len(self.crowd)])
        self.waits[name].append(time.perf_counter() - began)
        self.late.append(began - meant)


async def main(per_second: int = 50, seconds: int = 20, in_flight: int = 200) -> None:
    settings = SETTINGS | {"MAX_CONCURRENT_JOBS": str(in_flight), "MEMBER_WAITING_JOBS": "100000"}
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder), render_seconds=600.0, settings=settings).running() as stage:
            crowd = [Person(stage.world, join(stage.world, f"Person {number}")) for number in range(per_second)]
            cards = await _fill(stage, crowd, in_flight)
            first, load = Load(crowd, _uses(cards[0])), Load(crowd, _uses(cards[0]))
            await first.once()
            before = worked(stage.keeper.process_id)
            await load.run(per_second, seconds)
            busy = worked(stage.keeper.process_id) - before
            bare = Load(crowd, [("/ping", lambda person: _answered(person.types("/ping")))])
            async with _bare_bot(stage, Path(folder)):
                await bare.run(per_second, min(seconds, BARE_SECONDS))
    print(f"{machine()}; {per_second}/s for {seconds} s, {in_flight} jobs in flight; milliseconds until acknowledged")
    print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
    for name, times in sorted(load.waits.items()):
        print(row(name, times))
    print(row("all", [wait for times in load.waits.values() for wait in times]))
    print(row("the first use of each", [wait for times in first.waits.values() for wait in times]))
    print(row("the load generator was late", load.late))
    print(row("/ping of a bare bot", bare.waits["/ping"]))
    each = 1000 * busy / sum(map(len, load.waits.values()))
    print(f"processor time of the bot, with its looks at renders: {each:.1f} ms for each of them")


@asynccontextmanager
async def _bare_bot(stage: Stage, folder: Path) -> AsyncIterator[None]:
    """The bare bot in place of ours."""
    await stage.keeper.stop()
    stage.world.commands.add(EVERYWHERE, PING)
    bare = BotKeeper(folder / "bare", program=("-m", "bench.bare"))
    await bare.start(stage.keeper.settings)
    try:
        await stage.world.until(lambda: stage.world.gateway.online)
        yield
    finally:
        await bare.stop()


@contextmanager
def _no_collections() -> Iterator[None]:
    """Pauses of the load generator, which contains the whole simulated Discord, would count as waiting."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _fill(stage: Stage, crowd: Sequence[Person], in_flight: int) -> list[Message]:
    """Order until so many are rendering."""
    cards = []
    for number in range(in_flight):
        outcome = await crowd[number % len(crowd)].types("/create", prompt=f"job number {number}")
        await outcome.settled(30.0)
        if outcome.message is None:
            raise RuntimeError("an order was not answered")
        cards.append(outcome.message)
    await until(stage, lambda: len(stage.host.created) >= in_flight, 300.0)
    return cards


async def _answered(outcome: Awaitable[Outcome]) -> None:
    if failed := (await outcome).failed:
        raise RuntimeError(failed)


def _uses(card: Message) -> list[tuple[str, Use]]:
    return [
        ("/status", lambda person: _answered(person.types("/status"))),
        ("/status <video>", lambda person: _answered(person.types("/status", video=_id_on(card)))),
        ("/costs", lambda person: _answered(person.types("/costs"))),
        ("/create", lambda person: _answered(person.types("/create", prompt="one more"))),
        ("suggestions", lambda person: person.suggests("/remix", "video", "job", prompt="x")),
    ]


def _id_on(card: Message) -> str:
    return str(card.buttons[0].custom_id).rsplit(":", 1)[1]


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
