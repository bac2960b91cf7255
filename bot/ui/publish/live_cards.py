"""Keeps the cards of jobs as the jobs are: each change is drawn, at the pace that Discord takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Queued, Trait, name_of
from bot.domain.ports.messages import MessageStore
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.cards.rendering import CardRenderer, DrawnCard
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble, in_our_words, is_final
from bot.ui.publish.card_updates import LEAST_GAP, CardUpdater, Haste

log = logging.getLogger(__name__)

MOST_OUTDATED = 500  # cards redrawn at once after a start
LATER = 0.2  # seconds past the moment at which a card reads otherwise: it does by then
BETWEEN_LOOKS = 1.0  # seconds, at the queue of one server
CATCH_UP_EVERY = 30.0  # seconds between two looks for cards that nobody in this process knows to be behind


@dataclass(frozen=True, slots=True, kw_only=True)
class _LastDrawn:
    """What a card shows now, and the job it was drawn from."""

    job: Job
    card: DrawnCard
    noted: bool  # whether it is stored that the card shows this state


class LiveCards:
    """One for each process, and the only one to edit cards. `least_gap` in seconds, between two edits of one card."""

    def __init__(
        self,
        *,
        client: discord.Client,
        renderer: CardRenderer,
        browse: BrowseVideos,
        messages: MessageStore,
        least_gap: float = LEAST_GAP,
    ) -> None:
        self._client = client
        self._renderer = renderer
        self._browse = browse
        self._messages = messages
        self._updater = CardUpdater(self._redraw, least_gap=least_gap)
        self._tasks: set[asyncio.Task[None]] = set()
        # All of these hold jobs that are not at rest.
        self._drawn: dict[JobId, _LastDrawn] = {}
        self._pictures: dict[JobId, discord.Attachment] = {}
        self._clocks: dict[JobId, asyncio.TimerHandle] = {}
        self._slots: dict[JobId, frozenset[Trait]] = {}
        self._queues: dict[int, dict[JobId, int]] = {}  # by server: the place in line that was last looked up
        self._stale: dict[int, bool] = {}  # servers whose queue has changed since; whether somebody has left it
        self._refreshing: set[int] = set()  # servers whose queue is being looked at

    def heard(self, job: Job) -> None:
        """A job has changed: its card follows, and so do the cards in the queue when a place came free or was taken."""
        self._want(job)
        slot = job.phase.traits & {Trait.WAITS, Trait.HOLDS_SLOT}
        if self._slots.get(job.id) != slot:
            self._slots[job.id] = slot
            self._queue_changed(job)
        if job.is_at_rest:
            del self._slots[job.id]

    async def remember(self, job: Job, message: discord.Message, drawn: DrawnCard | None) -> None:
        """A message has become the card of a job. What happened until its id was known is drawn now."""
        if drawn is not None:
            self._note(job, drawn, message)
        place = PostedMessage(channel_id=job.channel_id, message_id=message.id)
        await self._messages.remember_card(job.id, place)
        self._want(await self._browse.find(job.id) or job)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that moved on while nobody was there to draw, now and from time to time."""
        await self._redraw_outdated()
        self._start(self._keep_up(), "catch-up")

    async def close(self) -> None:
        for clock in self._clocks.values():
            clock.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._updater.close()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(CATCH_UP_EVERY)
            try:
                await self._redraw_outdated()
            except Exception:
                log.exception("it could not be looked up which cards are behind")

    async def _redraw_outdated(self) -> None:
        for job in await self._messages.outdated_cards(MOST_OUTDATED):
            last = self._drawn.get(job.id)
            if last is not None and last.noted and name_of(last.job.phase) == name_of(job.phase):
                del self._drawn[job.id]  # another process has drawn an older state over it
            self._updater.want(job.channel_id, job.id, Haste.NEWS)

    def _queue_changed(self, job: Job) -> None:
        """Others may wait behind somebody else now; when one has left the queue, all wait for another time."""
        guild = job.guild_id
        self._stale[guild] = self._stale.get(guild, False) or not isinstance(job.phase, Queued)
        if guild not in self._refreshing:
            self._refreshing.add(guild)
            self._start(self._refresh_queue(guild), "refresh the queue")

    async def _refresh_queue(self, guild: int) -> None:
        """Look at the queue until nothing has changed meanwhile: many changes in a second take one look."""
        try:
            while (all_times := self._stale.pop(guild, None)) is not None:
                await self._redraw_queue(guild, all_times=all_times)
                await asyncio.sleep(BETWEEN_LOOKS)
        finally:
            self._refreshing.discard(guild)

    async def _redraw_queue(self, guild: int, *, all_times: bool) -> None:
        before = self._queues.get(guild, {})
        waiting = await self._browse.waiting(guild)
        self._queues[guild] = {job_id: place for place, (job_id, _) in enumerate(waiting)}
        for place, (job_id, channel) in enumerate(waiting):
            if all_times or before.get(job_id) != place:
                self._updater.want(channel, job_id, Haste.NEWS)

    def _want(self, job: Job) -> None:
        self._updater.want(job.channel_id, job.id, self._haste(job))

    def _haste(self, job: Job) -> Haste:
        last = self._drawn.get(job.id)
        asked = job.cancel_asked_by is not None and (last is None or last.job.cancel_asked_by is None)
        if job.is_at_rest or asked:
            return Haste.AT_ONCE
        is_news = last is not None and name_of(last.job.phase) == name_of(job.phase)
        return Haste.NEWS if is_news else Haste.PHASE

    async def _redraw(self, job_id: JobId) -> bool:
        """Whether it took an edit. Unavailable when that is to be tried again."""
        job = await self._browse.find(job_id)
        place = (await self._messages.shown(job_id)).card
        if job is None or place is None:
            return False
        last = self._drawn.get(job_id)
        drawn = await self._renderer.draw(job, last.card if last else None)
        edits = last is None or not drawn.looks_like(last.card)
        if edits:
            await self._edit(job, place, drawn)
        if edits or last is None or not last.noted or name_of(last.job.phase) != name_of(job.phase):
            await self._messages.remember_drawn(job_id, name_of(job.phase))
        self._settle(job, drawn)
        return edits

    async def _edit(self, job: Job, place: PostedMessage, drawn: DrawnCard) -> None:
        channel = self._client.get_partial_messageable(place.channel_id)
        card = channel.get_partial_message(place.message_id)
        try:
            with closing_is_trouble():
                message = await card.edit(**drawn.as_edit(self._pictures.get(job.id)))
        except TROUBLE as error:
            if not is_final(error):
                raise in_our_words(error) from error
            # The card was deleted, or its thread archived: the result is a message of its own, so nothing is lost.
            log.info("the card of %s can not be edited any more: %s", job.id, error)
        else:
            self._note(job, drawn, message)

    def _note(self, job: Job, drawn: DrawnCard, message: discord.Message) -> None:
        self._drawn[job.id] = _LastDrawn(job=job, card=drawn, noted=False)
        if drawn.preview is not None and message.attachments:
            self._pictures[job.id] = message.attachments[0]

    def _settle(self, job: Job, drawn: DrawnCard) -> None:
        """It is stored what the card shows. Of a job at rest nothing more is kept in mind."""
        self._set_clock(job, drawn)
        if job.is_at_rest:
            self._drawn.pop(job.id, None)
            self._pictures.pop(job.id, None)
        else:
            self._drawn[job.id] = _LastDrawn(job=job, card=drawn, noted=True)

    def _set_clock(self, job: Job, drawn: DrawnCard) -> None:
        """Draw the card again when it reads otherwise although nothing has happened: its usual time is over."""
        if clock := self._clocks.pop(job.id, None):
            clock.cancel()
        seconds = drawn.estimate.changes_in
        if seconds is not None and not job.is_at_rest:
            want = partial(self._updater.want, job.channel_id, job.id, Haste.NEWS)
            self._clocks[job.id] = asyncio.get_running_loop().call_later(seconds + LATER, want)
