"""What becomes of cards: they are removed once their video is shown, and lost ones are looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.errors import Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import CardPreference
from bot.domain.ports.messages import CardState, MessageStore, Shown
from bot.domain.ports.publishing import CardChannel
from bot.domain.ports.records import Record, Records

LOOKED_BACK = timedelta(days=1)  # older lost cards are left alone
MOST_LOST = 50  # cards looked for after a start; each crash can lose one


@wired
class CardRemoval:
    """A finished video leaves one message: its card is removed once the result is posted in the card's channel.

    If the result was posted elsewhere, the card stays and says where. A server may choose to keep all cards. The card
    of a deleted video is always removed.
    """

    messages: MessageStore
    preferences: CardPreference
    channel: CardChannel

    async def is_due(self, shown_jobs: Sequence[Job], shown: Shown) -> bool:
        """`shown_jobs` are those on the card.

        The card of a batch shows its videos, so it is removed with the last of them.
        """
        if all(job.deleted and job.is_at_rest for job in shown_jobs):
            return True
        job = shown_jobs[0]
        if job.batch is not None or not isinstance(job.phase, Done) or shown.result is None or shown.card is None:
            return False
        return shown.result.channel_id == shown.card.channel_id and not await self.preferences.keep_card_of(job)

    async def remove(self, job: Job, card: PostedMessage) -> None:
        """Remove the message and record that. It can be repeated safely. Raises Undeliverable and Unavailable."""
        await self.channel.remove(card)
        await self.messages.forget_card(job.card_id)

    async def dismiss(self, job: Job) -> None:
        """Remove the card of an order that produced nothing, wherever it is. Raises Undeliverable and Unavailable."""
        if (card := (await self.messages.shown(job.id)).card) is not None:
            await self.remove(job, card)


class CardPlacing:
    """Records where new cards are.

    A redraw that comes before that finds no card, so changes reported in the meantime are passed on afterwards.
    """

    def __init__(self, messages: MessageStore) -> None:
        self._messages = messages
        self._heard: dict[JobId, dict[JobId, CardState]] = {}  # by card, while that is being noted

    def heard(self, job: Job) -> None:
        if (meanwhile := self._heard.get(job.card_id)) is not None:
            meanwhile[job.id] = CardState.of(job)

    async def note(self, job: Job, place: PostedMessage, drawn: str | None) -> Mapping[JobId, CardState]:
        """Like `MessageStore.remember_card`. Returns what the card has to show now."""
        meanwhile = self._heard[job.id] = {}
        try:
            return {**await self._messages.remember_card(job.id, place, drawn), **meanwhile}
        finally:
            self._heard.pop(job.id, None)


# By interaction: in direct messages, before its order is stored; nothing on it says which order it is for.
FIRST_MESSAGE = Record("first message", PostedMessage, lasts=LOOKED_BACK)


@wired
class LostCards:
    """Cards that were shown, although the process died or Discord's answer was lost before that was recorded."""

    messages: MessageStore
    records: Records
    channel: CardChannel
    clock: Clock

    async def expect(self, interaction_id: int, place: PostedMessage) -> None:
        """If the order of this interaction gets stored, that message is its card."""
        await self.records.write(FIRST_MESSAGE, str(interaction_id), place)

    async def candidates(self) -> Sequence[Job]:
        """Jobs that may have a card that we don't know of."""
        return await self.messages.cardless(self.clock.now() - LOOKED_BACK, MOST_LOST)

    async def find(self, job: Job) -> bool:
        """Look once for the card of a job, or of the batch that it leads, and record the result.

        Returns whether there is one. Raises Unavailable.
        """
        if (await self.messages.shown(job.id)).card is not None:
            return True
        place = await self._place(job)
        if place is None:
            await self.messages.forget_card(job.id, unless_noted=True)  # it may have been shown during the search
        else:
            await self.messages.remember_card(job.id, place)
        return (await self.messages.shown(job.id)).card is not None

    async def _place(self, job: Job) -> PostedMessage | None:
        """None also if the channel's history can't be read: then the card is left alone."""
        if job.private:
            return await self.records.read(FIRST_MESSAGE, str(job.interaction_id))
        try:
            return await self.channel.find_card(job)
        except Undeliverable:
            return None


@value_object
class CardTrouble:
    """Why Discord last refused to change or remove a card, in English."""

    reason: str
    at: datetime


TROUBLE = Record("card trouble", CardTrouble, lasts=timedelta(days=7))  # by job


@wired
class CardTroubles:
    """Kept so that managers can see why a card differs from `/status`."""

    records: Records
    clock: Clock

    async def note(self, job: Job, no: Undeliverable) -> None:
        await self.records.write(TROUBLE, job.id, CardTrouble(reason=no.sentence, at=self.clock.now()))

    async def is_over(self, job: Job) -> None:
        await self.records.update(TROUBLE, job.id, lambda _: None)

    async def of(self, job: Job) -> CardTrouble | None:
        return await self.records.read(TROUBLE, job.id)
