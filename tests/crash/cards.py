"""The cards of a run: shown with an order, found again and removed by the shipped code, with death around each call."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.job import Job, PostedMessage
from bot.domain.ports.clock import Clock
from bot.jobs.delivery.cards import CardRemoval, LostCards
from bot.jobs.use_cases.guild import GuildPreferences
from storage.db.database import Database
from storage.messages import MessageRows
from storage.records import SqlRecords
from tests.crash.fate import Channel, Fate

MOST_CARDS = 100


@dataclass(frozen=True, kw_only=True)
class MortalCards:
    """The CardChannel of one process."""

    channel: Channel
    fate: Fate

    async def remove(self, card: PostedMessage) -> None:
        self.fate.passes("before a card is removed")
        self.channel.cards.pop(card.message_id, None)
        self.fate.passes("after a card was removed, before that is stored")

    async def find_card(self, job: Job) -> PostedMessage | None:
        self.fate.passes("before a card is looked for")
        found = [number for number, shown in self.channel.cards.items() if shown == job.id]
        return PostedMessage(channel_id=job.channel_id, message_id=found[0]) if found else None


@dataclass(frozen=True, kw_only=True)
class CardsOfAProcess:
    """What the command and the drawer of cards do about them."""

    channel: Channel
    messages: MessageRows
    removal: CardRemoval
    lost: LostCards
    fate: Fate

    async def show(self, job: Job) -> None:
        """Answer an order that was stored just now."""
        number = self.channel.show_card(job.id)
        self.fate.passes("after a card was shown, before it is remembered")
        await self.messages.remember_card(job.id, PostedMessage(channel_id=job.channel_id, message_id=number))

    async def catch_up(self) -> None:
        """Remove what has to go, and note what the others show."""
        for job in await self.messages.outdated_cards(MOST_CARDS):
            shown = await self.messages.shown(job.id)
            assert shown.card is not None
            if await self.removal.is_due(job, shown):
                await self.removal.remove(job, shown.card)


def the_cards(database: Database, channel: Channel, clock: Clock, fate: Fate) -> CardsOfAProcess:
    messages, records = MessageRows(database=database), SqlRecords(database=database, clock=clock)
    discord = MortalCards(channel=channel, fate=fate)
    return CardsOfAProcess(
        channel=channel,
        messages=messages,
        removal=CardRemoval(messages=messages, preferences=GuildPreferences(records=records), channel=discord),
        lost=LostCards(messages=messages, records=records, channel=discord, clock=clock),
        fate=fate,
    )
