"""A Discord that fails at random, and the shipped delivery to it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.data_classes import wired
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import Reach, Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message as Sentence
from bot.domain.moderation.venues import Venue
from bot.domain.ports.clock import Clock
from bot.jobs.delivery.batches import BatchCards
from bot.jobs.delivery.deliver import ResultDelivery
from bot.jobs.delivery.owner_notices import OwnerNotices
from bot.jobs.delivery.projects import ProjectThreads
from bot.jobs.delivery.routes import DeliveryRoutes
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.moderation.venues import PostingVenues, VenueRules
from storage.db.database import Database
from storage.jobs.queries import SqlJobQueries
from storage.messages import MessageRows
from storage.records import SqlRecords
from tests.changes import some_changes
from tests.crash.fate import Fate

KNOWS_NONCES = timedelta(minutes=3)
DIRECT = 77  # the direct messages of all members
DOWN, LOST, REFUSED = 0.12, 0.15, 0.1  # of all posts: not accepted, answer lost, definitely refused
STANDS = 0.1  # likewise: accepted, the answer lost, and the library's own second attempt refused
CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message that people see."""

    job: JobId
    channel_id: int
    nonce: str
    at: datetime


@dataclass(kw_only=True)
class OddDiscord:
    """The ResultChannel of all processes of a run. It remembers a nonce for some minutes."""

    clock: Clock
    dice: random.Random
    diary: list[str]
    fate: Fate = field(default_factory=Fate)
    is_calm: bool = True
    refused: bool = False  # whether it definitely refused at least once
    messages: list[Message] = field(default_factory=list)

    @property
    def shown(self) -> Sequence[JobId]:
        """The job of each message."""
        return [message.job for message in self.messages]

    async def post(
        self, job: Job, *, nonce: str, card: PostedMessage | None = None, said: Sentence | None = None
    ) -> PostedMessage:
        assert card is None or said is None
        self.fate.passes("before posting")
        luck = self._throw()
        if luck < DOWN:
            raise self._noted(job, Unavailable("Discord is down."))
        if luck < DOWN + REFUSED:
            self.refused = True
            raise self._noted(job, Undeliverable("Kinora lacks a permission.", Reach.CHANNEL))
        number = self._number_of(job, nonce)
        self.fate.passes("after posting, before it is remembered")
        if luck < DOWN + REFUSED + STANDS:
            self.refused = True
            refusal = Undeliverable("I lack a permission.", Reach.CHANNEL, may_stand=True)
            raise self._noted(job, refusal)
        if luck > 1 - LOST:
            raise self._noted(job, Unavailable("The answer to a post that stands was lost."))
        return PostedMessage(channel_id=job.channel_id, message_id=number)

    async def find_posted(self, job: Job, since: datetime) -> PostedMessage | None:
        if self._throw() < DOWN:
            raise self._noted(job, Unavailable("Discord is down while a post is looked for."))
        for number, message in enumerate(self.messages, 1):
            is_late_enough = message.at >= since - CLOCKS_DIFFER
            if (message.job, message.channel_id) == (job.id, job.channel_id) and is_late_enough:
                return PostedMessage(channel_id=job.channel_id, message_id=number)
        return None

    async def open_direct(self, user_id: int) -> int:
        assert user_id
        return DIRECT

    def _throw(self) -> float:
        return 0.5 if self.is_calm else self.dice.random()

    def _noted(self, job: Job, trouble: Unavailable | Undeliverable) -> Unavailable | Undeliverable:
        self.diary.append(f"{len(self.diary)}: {job.id} in {job.channel_id}: {trouble}")
        return trouble

    def _number_of(self, job: Job, nonce: str) -> int:
        """Of the message with this nonce, or of a new one."""
        now = self.clock.now()
        for number, message in enumerate(self.messages, 1):
            if message.nonce == nonce and now - message.at < KNOWS_NONCES:
                return number
        self.messages.append(Message(job=job.id, channel_id=job.channel_id, nonce=nonce, at=now))
        return len(self.messages)


@wired
class DeliveryToAnyone(ResultDelivery):
    """The shipped delivery; everybody may order."""

    async def limits(self, job: Job) -> OrderLimits:
        assert job.id
        return UNLIMITED


class ChannelsUnknown:
    """The ChannelVenues, which knows none."""

    async def of(self, guild_id: int, channel_id: int) -> Venue:
        assert guild_id != channel_id
        return Venue.UNKNOWN


def a_result_delivery(database: Database, discord: OddDiscord) -> DeliveryToAnyone:
    messages = MessageRows(database=database)
    records = SqlRecords(database=database, clock=discord.clock)
    parents, preferences = ThreadParents(records=records), GuildPreferences(records=records, changes=some_changes())
    nowhere: Any = None  # nobody here has chosen direct messages
    routes = DeliveryRoutes(
        messages=messages,
        thread_parents=parents,
        channel=discord,
        preference=preferences,
        projects=ProjectThreads(records=records, orders=SqlJobQueries(database=database, clock=discord.clock)),
    )
    owner_notices = OwnerNotices(
        choices=OwnPreferences(records=records), messages=messages, records=records, channel=nowhere
    )
    venues = PostingVenues(rules=VenueRules(preferences=preferences), channels=ChannelsUnknown())
    return DeliveryToAnyone(
        messages=messages,
        routes=routes,
        channel=discord,
        preferences=preferences,
        owner_notices=owner_notices,
        venues=venues,
        batch_cards=BatchCards(messages=messages, routes=routes, channel=nowhere, venues=venues),
        clock=discord.clock,
    )
