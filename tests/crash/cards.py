"""The cards of a run: shown with an order, found again and removed by the shipped code, with deaths at each call."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done
from bot.domain.ports.clock import Clock
from bot.jobs.delivery.batches import BatchCards
from bot.jobs.delivery.cards import CardRemoval, LostCards
from bot.jobs.delivery.projects import ProjectThreads
from bot.jobs.delivery.routes import DeliveryRoutes
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.guild import GuildPreferences
from storage.db.database import Database
from storage.messages import MessageRows
from storage.records import SqlRecords
from tests.changes import some_changes
from tests.crash.fate import Channel, Fate

MOST_CARDS = 100
DOWN, REFUSED = 0.15, 0.05  # of all calls to a failing Discord


@dataclass(frozen=True, kw_only=True)
class MortalCards:
    """The CardChannel of one process."""

    channel: Channel
    fate: Fate

    async def remove(self, card: PostedMessage) -> None:
        self.fate.passes("before a card is removed")
        self.channel.cards.pop(card.message_id, None)
        self.fate.passes("after a card was removed, before that is stored")

    async def is_there(self, card: PostedMessage) -> bool:
        self.fate.passes("before a card is looked at")
        return card.message_id in self.channel.cards

    async def check_may_post(self, job: Job) -> None:
        """Like the VenueCheck: anywhere."""

    async def find_card(self, job: Job) -> PostedMessage | None:
        self.fate.passes("before a card is looked for")
        found = [number for number, shown in self.channel.cards.items() if shown == job.id]
        return PostedMessage(channel_id=job.channel_id, message_id=found[0]) if found else None


@dataclass(frozen=True, kw_only=True)
class CardsOfAProcess:
    """What the command and the card drawer do with them."""

    channel: Channel
    messages: MessageRows
    removal: CardRemoval
    lost: LostCards
    fate: Fate

    async def show(self, job: Job) -> None:
        """Answer an order that was just stored."""
        number = self.channel.show_card(job.id)
        self.fate.passes("after a card was shown, before it is remembered")
        await self.messages.remember_card(job.id, PostedMessage(channel_id=job.channel_id, message_id=number))

    async def catch_up(self) -> None:
        """Remove obsolete cards, and record what the others show."""
        for job in await self.messages.outdated_cards(MOST_CARDS):
            shown = await self.messages.shown(job.id)
            assert shown.card is not None
            if await self.removal.is_due([job], shown):
                await self.removal.remove(job, shown.card)


@dataclass(frozen=True, kw_only=True)
class OddCards(MortalCards):
    """The same for a Discord that is sometimes down, or refuses removals, at random."""

    dice: random.Random
    diary: list[str]

    async def remove(self, card: PostedMessage) -> None:
        self._may_fail(f"the removal of card {card.message_id}", REFUSED)
        await super().remove(card)

    async def find_card(self, job: Job) -> PostedMessage | None:
        self._may_fail(f"the search for the card of {job.id}")
        return await super().find_card(job)

    def _may_fail(self, what: str, refused: float = 0.0) -> None:
        luck = self.dice.random()
        if luck < DOWN + refused:
            self.diary.append(f"{len(self.diary)}: {what} fails")
            raise Unavailable("Discord is down.") if luck < DOWN else Undeliverable("Kinora lacks a permission.")


@dataclass(frozen=True, kw_only=True)
class PatientCards:
    """The cards of a process with such a Discord: failed calls are repeated later."""

    cards: CardsOfAProcess
    sought: dict[JobId, Job] = field(default_factory=dict)

    async def catch_up(self) -> None:
        try:
            for job in list(self.sought.values()):
                await self.cards.lost.find(job)
                del self.sought[job.id]
            await self.cards.catch_up()
        except (Unavailable, Undeliverable):
            return


async def wrong_cards(channel: Channel, messages: MessageRows, jobs: Sequence[Job]) -> list[str]:
    """Whatever is not as it should be once all faults are over, a sentence each."""
    standing, wrong = list(channel.cards.values()), list[str]()
    for job in jobs:
        shown, number = await messages.shown(job.id), standing.count(job.id)
        is_beside = shown.result is not None and shown.result.channel_id == job.channel_id
        checks = {
            "an order has two cards": number <= 1,
            "a card stands of which nothing is known": number == 0 or shown.card is not None,
            "a shown video has a card beside it": number == 0 or not (isinstance(job.phase, Done) and is_beside),
        }
        wrong += [f"{words}: {job.id}" for words, fine in checks.items() if not fine]
    return wrong


def the_cards(
    database: Database, channel: Channel, clock: Clock, fate: Fate, discord: MortalCards | None = None
) -> CardsOfAProcess:
    messages, records = MessageRows(database=database), SqlRecords(database=database, clock=clock)
    discord = discord or MortalCards(channel=channel, fate=fate)
    return CardsOfAProcess(
        channel=channel,
        messages=messages,
        removal=CardRemoval(
            messages=messages, preferences=GuildPreferences(records=records, changes=some_changes()), channel=discord
        ),
        lost=LostCards(messages=messages, records=records, channel=discord, clock=clock),
        fate=fate,
    )


def the_batch_cards(database: Database, channel: Channel, clock: Clock, fate: Fate) -> BatchCards:
    """Where the videos of a batch are posted, on servers that chose no channel for their results."""
    messages, records = MessageRows(database=database), SqlRecords(database=database, clock=clock)
    discord = MortalCards(channel=channel, fate=fate)
    nowhere: Any = None
    routes = DeliveryRoutes(
        messages=messages,
        thread_parents=ThreadParents(records=records),
        channel=nowhere,
        preference=GuildPreferences(records=records, changes=some_changes()),
        projects=ProjectThreads(records=records, orders=nowhere),
    )
    return BatchCards(messages=messages, routes=routes, channel=discord, venues=discord)
