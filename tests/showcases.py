"""A server's showcase with a scripted channel: real rows, and what would be posted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.audit.log_channel import LogCard
from bot.domain.errors import KinoraError
from bot.domain.guild import GuildOptions
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done
from bot.domain.ports.clock import Clock
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.jobs.use_cases.studio.showcase.troubles import ShowcaseTroubles
from bot.jobs.use_cases.studio.showcase.work import ShowcaseWork
from storage.messages import MessageRows
from storage.studio.favourites import SqlFavourites
from storage.studio.showcase.store import SqlShowcase
from tests.builders import CHANNEL, GUILD, NOON, a_job, a_member, a_video
from tests.changes import some_changes
from tests.tiers import an_authorization
from tests.workbench import Bench

HALL = 88  # the showcase channel


class NoRows:
    """A store that must not be used."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def no_showcase(preferences: GuildPreferences, clock: Clock) -> Showcase:
    """For a server that has none."""
    own = OwnPreferences(records=preferences.records)
    return Showcase(store=NoRows(), preferences=preferences, own_preferences=own, clock=clock)


async def nothing() -> None:
    """Does nothing."""


@dataclass
class Hall:
    """The ShowcaseChannel: follows its script first, and records its posts."""

    troubles: list[KinoraError] = field(default_factory=list)
    posts: dict[str, int] = field(default_factory=dict)  # ★ by nonce
    edits: list[int] = field(default_factory=list)
    removed: list[PostedMessage] = field(default_factory=list)
    found: PostedMessage | None = None  # the result of a search
    gone: bool = False
    closed: KinoraError | None = None  # raised instead of looking who can read it
    hidden: bool = False  # whether readers of the showcase can't see where the videos were posted
    meanwhile: Callable[[], Awaitable[None]] = nothing  # while it is posted
    lost: list[KinoraError] = field(default_factory=list)  # raised after the post exists

    def guilds(self) -> Collection[int]:
        return [GUILD]

    async def may_show(self, guild_id: int, seen_in: int, channel_id: int) -> bool:
        assert (guild_id, seen_in, channel_id) == (GUILD, CHANNEL, HALL)
        if self.closed is not None:
            raise self.closed
        return not self.hidden

    async def post(
        self, job: Job, channel_id: int, stars: int, original: PostedMessage, *, nonce: str
    ) -> PostedMessage:
        assert (job.guild_id, original.channel_id) == (GUILD, CHANNEL)
        assert len(nonce) <= 25
        if self.troubles:
            raise self.troubles.pop(0)
        self.posts.setdefault(nonce, stars)
        await self.meanwhile()
        if self.lost:
            raise self.lost.pop(0)
        return PostedMessage(channel_id=channel_id, message_id=1000 + list(self.posts).index(nonce))

    async def find_posted(self, job: Job, channel_id: int, since: datetime) -> PostedMessage | None:
        assert (job.guild_id, channel_id) == (GUILD, HALL)
        assert since >= NOON
        return self.found

    async def update(self, job: Job, post: PostedMessage, stars: int) -> bool:
        assert (job.guild_id, post.channel_id) == (GUILD, HALL)
        if self.troubles:
            raise self.troubles.pop(0)
        self.edits.append(stars)
        return not self.gone

    async def remove(self, post: PostedMessage) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.removed.append(post)


@dataclass
class Told:
    """The GuildLog."""

    cards: list[LogCard] = field(default_factory=list)

    def post(self, guild_id: int, card: LogCard) -> None:
        assert guild_id == GUILD
        self.cards.append(card)


@dataclass(kw_only=True)
class Venue:
    """The VenueCheck."""

    refusal: KinoraError | None = None

    async def check_may_post(self, job: Job) -> None:
        assert job.channel_id == HALL
        if self.refusal is not None:
            raise self.refusal


@dataclass(kw_only=True)
class Gallery:
    """A server whose showcase takes videos with two ★."""

    bench: Bench
    work: ShowcaseWork
    favourites: Favourites
    hall: Hall
    log: Told
    venue: Venue
    messages: MessageRows

    @property
    def showcase(self) -> Showcase:
        return self.work.showcase

    async def choose(self, **options: Any) -> None:
        chosen = GuildOptions(**{"showcase_channel": HALL, "showcase_stars": 2, **options})
        await self.bench.records.write(OPTIONS, str(GUILD), chosen)

    async def a_video(self, *, posted: bool = True, **changes: Any) -> Job:
        """A finished one of Ann's, with its message in its channel."""
        job_id = await self.bench.order(a_job(**changes))
        lease = await self.bench.lease()
        done = Done(video=a_video(), remote_id=f"of {job_id}", finished_at=NOON)
        job = (await self.bench.store.move(lease, replace(lease.job, phase=done, cost=lease.job.quote))).job
        if posted:
            await self.messages.remember_result(job.id, PostedMessage(channel_id=CHANNEL, message_id=7))
        return job

    async def star(self, job: Job, *members: int) -> None:
        for member in members:
            await self.favourites.mark(a_member(id=member), job)

    async def look(self, *, forward: float = 0.0) -> None:
        self.bench.clock.forward(forward)
        await self.work.look()


async def a_gallery(bench: Bench) -> Gallery:
    database, records, clock = bench.store.database, bench.records, bench.clock
    preferences = GuildPreferences(records=records, changes=some_changes())
    own, store = OwnPreferences(records=records), SqlShowcase(database=database)
    showcase = Showcase(store=store, preferences=preferences, own_preferences=own, clock=clock)
    hall, log, venue, messages = Hall(), Told(), Venue(), MessageRows(database=database)
    work = ShowcaseWork(
        showcase=showcase,
        queries=bench.store,
        messages=messages,
        channel=hall,
        venues=venue,
        troubles=ShowcaseTroubles(records=records, log=log, clock=clock),
    )
    favourites = Favourites(
        store=SqlFavourites(database=database),
        authorization=await an_authorization(),
        private_videos=PrivateVideos(preferences=preferences),
        showcase=showcase,
        clock=clock,
    )
    gallery = Gallery(bench=bench, work=work, favourites=favourites, hall=hall, log=log, venue=venue, messages=messages)
    await gallery.choose()
    return gallery
