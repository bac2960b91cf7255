"""Kinora in several processes: gateways and workers on one PostgreSQL, each restarted when it dies, as with Compose."""

from __future__ import annotations

import asyncio
import random
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot.clock import SystemClock
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Done, Failed, name_of
from bot.jobs.steps.recover import ABSENT
from bot.sandbox.discord.people.outcome import CannotDo
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.places import Channel, Guild, Role
from bot.sandbox.discord.world.snowflakes import seeded
from bot.sandbox.discord.world.world import World
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.server import Sandbox
from bot.sandbox.services import Scene
from bot.sandbox.video.painting import lab
from bot.sandbox.video.painting.film import Film, shoot
from bot.sandbox.video.service import SimulatedService
from storage.db.database import Database
from tests.stores import JobStores

RENDER_SECONDS = 2.0
MOST_JOBS = 10_000
RESTART = 0.5  # seconds until a dead process is restarted
NEXT_SHARD = 1 << 22  # adding it to a server's id moves the server to the next shard
PRICE = Usd.of("0.40")
SETTINGS = {
    "ACCESS_DEFAULT": "everyone",
    "GUILD_MONTHLY_BUDGET_USD": "100000",
    "MEMBER_WAITING_JOBS": "100000",
    "MAX_CONCURRENT_JOBS": "100",
    "POLL_MAX_SECONDS": "1",
    "LEASE_SECONDS": "15",
}


@dataclass(kw_only=True)
class Post:
    """A process that is restarted whenever it ends, until it is dismissed."""

    name: str
    keeper: BotKeeper
    settings: Mapping[str, str]
    deaths: int = 0
    _kept: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        await self.keeper.start(self.settings)
        self._kept = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def _keep(self) -> None:
        while True:
            await self.keeper.ended()
            self.deaths += 1
            await asyncio.sleep(RESTART)
            await self.keeper.start()

    async def dismiss(self) -> None:
        if self._kept is not None:
            self._kept.cancel()
            await asyncio.gather(self._kept, return_exceptions=True)
        await self.keeper.stop()

    def says(self, words: str) -> bool:
        return self.times_said(words) > 0

    def times_said(self, words: str) -> int:
        return self.keeper.log.read_text().count(words) if self.keeper.log.exists() else 0


@dataclass(kw_only=True)
class Fleet:
    """The processes, and the world around them that outlives each."""

    folder: Path
    url: str
    settings: Mapping[str, str]
    program: Sequence[str] = ("-m", "bot")
    padding: int = 0  # bytes added to each video
    world: World = field(default_factory=World.demo)
    scene: Scene = field(default_factory=Scene)
    posts: list[Post] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.host: SimulatedService = self.scene.service(render_seconds=RENDER_SECONDS, frame_rate=4)
        self.world.rules.real_buckets = False
        self.places = ["studio", _another_server(self.world)]
        self._sandbox = Sandbox(self.world, mounts={self.scene.dialect.mount: self.host.application()})

    async def starts(self, command: str, **settings: str) -> Post:
        keeper = BotKeeper(self.folder / f"{len(self.posts)}", program=(*self.program, *command.split()))
        whole = {**self._usual(), **self.settings, **settings}
        post = Post(name=f"{command} {len(self.posts)}", keeper=keeper, settings=whole)
        self.posts.append(post)
        await post.begin()
        return post

    def _usual(self) -> Mapping[str, str]:
        return {
            **SETTINGS,
            "DISCORD_TOKEN": self.world.token,
            "DISCORD_API_BASE": self._sandbox.api_base,
            "DISCORD_GATEWAY_URL": self._sandbox.gateway_url,
            "DATABASE_URL": self.url,
            "DATA_DIR": str(self.folder / "data"),
            **self.scene.settings(self._sandbox.url),
        }

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """The world is there; everything started in it is stopped at the end."""
        with patch.object(lab, "shoot", OneFilm(self.padding)):
            await self._sandbox.start()
            try:
                yield
            finally:
                await asyncio.gather(*(post.dismiss() for post in self.posts))
                await self._sandbox.close()

    @asynccontextmanager
    async def _stores(self) -> AsyncIterator[JobStores]:
        """They read the database from outside, once there is something in it."""
        database = await Database.open(self.url)
        try:
            yield JobStores(database=database, clock=SystemClock(), budget=Usd.of(100_000))
        finally:
            await database.close()

    async def order(self, number: int) -> None:
        """An order that is answered, after any number of tries: people whose gateway died try again."""
        person = Person(self.world, "ann")
        while True:
            try:
                channel = self.places[number % len(self.places)]
                outcome = await person.types("/create", channel=channel, prompt=f"a fox, take {number}")
                if outcome.failed is None:
                    await outcome.settled(20.0)
                    return
            except (CannotDo, TimeoutError):  # no gateway has registered the commands yet, or none answers
                pass
            await asyncio.sleep(1.0)

    async def order_many(self, count: int, *, at_once: int = 4) -> None:
        numbers = iter(range(count))

        async def one_after_the_other() -> None:
            for number in numbers:
                await self.order(number)

        await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))

    async def at_rest(self, patience: float) -> Sequence[Job]:
        """All orders, once nothing more happens to them."""
        async with asyncio.timeout(patience), self._stores() as stores:
            while True:
                jobs = [job for place in self.guilds for job in await stores.latest(place, None, MOST_JOBS)]
                if jobs and all(job.is_at_rest for job in jobs):
                    return jobs
                await asyncio.sleep(0.5)

    @property
    def guilds(self) -> Sequence[int]:
        channels = [self.world.channel(place) for place in self.places]
        return [channel.guild_id or 0 for channel in channels]

    def shown(self) -> Counter[str]:
        """How many messages show each video, by its id."""
        seen: Counter[str] = Counter()
        for place in self.places:
            for message in self.world.messages.get(self.world.channel(place).id, {}).values():
                found = [str(b.custom_id) for b in message.buttons if str(b.custom_id).startswith("k1:remix:")]
                if message.media and found and not message.deleted:
                    seen[found[0].rpartition(":")[2]] += 1
        return seen

    def has_died(self) -> bool:
        """Often enough, but not so often that a step may have died three times: then a manager is asked."""
        return sum(post.deaths for post in self.posts) >= len(self.posts)

    def has_shown(self, videos: int) -> bool:
        return self.shown().total() >= videos

    async def troubles(self, jobs: Sequence[Job]) -> Sequence[str]:
        """Whatever is not as promised: each paid once, posted once, and in the books. Empty if all is well."""
        ordered = [job for job in jobs if not _ended_free(job)]
        done = [job for job in ordered if isinstance(job.phase, Done)]
        others = [f"{job.id} is {name_of(job.phase)}" for job in ordered if not isinstance(job.phase, Done)]
        paid = Counter(line.id for line in self.host.created)
        ours = Counter(job.phase.remote_id for job in done if isinstance(job.phase, Done))
        async with self._stores() as stores:
            spent = [await stores.costs(guild, None, Period.ALL) for guild in self.guilds]
            complaints = await stores.check_books()
        expected = PRICE * len(done)
        checks: Mapping[str, bool] = {
            f"not done: {others}": not others,
            f"only {len(done)} of {len(jobs)} done": 2 * len(done) > len(jobs),
            f"paid {sum(paid.values())} for {len(done)}": paid == ours,
            f"shown {sum(self.shown().values())} of {len(done)}": self.shown() == Counter(job.id for job in done),
            f"spent {spent}, not {expected}": sum(each.spent.micros for each in spent) == expected.micros,
            "money is still reserved": all(each.reserved.micros == 0 for each in spent),
            "the books don't add up": complaints == [],
        }
        return [trouble for trouble, is_well in checks.items() if not is_well]

    async def strike(self, rng: random.Random, until: Callable[[], bool], *, pause: tuple[float, float]) -> int:
        """Kill processes at random, one after the other, with -9. Returns how many."""
        deaths = 0
        while not until():
            await asyncio.sleep(rng.uniform(*pause))
            victim = rng.choice(self.posts)
            if victim.keeper.is_running and not until():
                await victim.keeper.kill()
                deaths += 1
        return deaths


def _ended_free(job: Job) -> bool:
    """Its member could not be told, or the process died before the notice was sent: they ask again."""
    return isinstance(job.phase, Cancelled) or (isinstance(job.phase, Failed) and job.phase.reason == ABSENT)


@dataclass
class OneFilm:
    """The same film for every video: painting each would be half of the work on this machine."""

    padding: int
    film: Film | None = None

    def __call__(self, video: Any, *, frame_rate: int, with_sound: bool) -> Film:
        if self.film is None:
            film = shoot(video, frame_rate=frame_rate, with_sound=with_sound)
            nothing = struct.pack(">I4s", 8 + self.padding, b"free") + bytes(self.padding)
            self.film = replace(film, video=film.video + nothing)
        return self.film


def _another_server(world: World) -> str:
    """A server on the next shard, which Ann is on as well. Returns the name of its channel."""
    home = world.guild()
    everyone = Role(id=home.id + NEXT_SHARD, name="@everyone", permissions=may.ORDINARY)
    own = Role(id=home.id + NEXT_SHARD + 1, name="Kinora", permissions=may.POSTING, position=9, bot_id=world.bot.id)
    guild = Guild(
        id=everyone.id,
        name="Next door",
        owner_id=seeded(6),
        roles={everyone.id: everyone, own.id: own},
        members={world.bot.id: {own.id}, world.user("ann").id: set()},
    )
    world.guilds[guild.id] = guild
    channel = Channel(id=guild.id + 2, name="next-door", guild_id=guild.id)
    world.channels[channel.id] = channel
    return channel.name
