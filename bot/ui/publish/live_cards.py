"""Keeps the cards of jobs up to date: draws each change at a pace that Discord allows, and removes cards at the end.

Both are retried until they succeed, also after a restart. If Discord refuses for good, it is retried slowly for an
hour, and then again at the job's next change or the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

import discord

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Queued, Trait, name_of
from bot.domain.ports.messages import CardState, MessageStore
from bot.jobs.delivery.batch_news import BatchNews
from bot.jobs.delivery.cards import CardPlacing, CardRemoval, CardTrouble, CardTroubles, LostCards
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.cards.batch_rendering import BatchRenderer
from bot.ui.cards.own_files import OwnFile, own_files
from bot.ui.cards.rendering import CardRenderer, DrawnCard, LastDrawn
from bot.ui.publish.card_updates import LEAST_GAP, CardUpdater, Haste
from bot.ui.publish.discord_cards import DiscordCards
from bot.ui.publish.queues.places import QueuePlaces

log = logging.getLogger(__name__)

MOST_OUTDATED = 500  # cards redrawn at once after a start
LATER = 0.2  # seconds after the moment at which a card's text changes, to be on the safe side
CATCH_UP_EVERY = 30.0  # seconds between two checks for outdated cards that nobody in this process knows of
FIRST_REFUSED_PAUSE = 30.0  # seconds after the first refusal, which may be temporary
REFUSED_PAUSE = 300.0  # seconds until a change that was refused for good is retried; a permission may come back
MOST_REFUSALS = 12  # in a row, for about an hour; after that the card waits for the job's next change or the next start


class LiveCards:
    """One per process, and the only object that edits cards.

    `least_gap` is in seconds, between two edits of one card.
    """

    def __init__(
        self,
        *,
        channel: DiscordCards,
        renderer: CardRenderer,
        batches: BatchRenderer,
        news: BatchNews,
        browse: BrowseVideos,
        messages: MessageStore,
        removal: CardRemoval,
        lost: LostCards,
        troubles: CardTroubles,
        least_gap: float = LEAST_GAP,
    ) -> None:
        self._channel = channel
        self._renderer = renderer
        self._batches = batches
        self._news = news
        self._browse = browse
        self._messages = messages
        self._placing = CardPlacing(messages)
        self._removal = removal
        self._lost = lost
        self._troubles = troubles
        self._updater = CardUpdater(self._redraw, least_gap=least_gap)
        want = partial(self._updater.want, haste=Haste.NEWS)
        self._places = QueuePlaces(browse, want=want, shown_place=self._shown_place, start=self._start)
        self._tasks: set[asyncio.Task[None]] = set()
        # All of these hold jobs that are not at rest. A card has the id of its job, that of a batch the id of the lead.
        self._drawn: dict[JobId, LastDrawn] = {}
        self._pictures: dict[JobId, Mapping[str, OwnFile]] = {}
        self._clocks: dict[JobId, asyncio.TimerHandle] = {}
        self._slots: dict[JobId, frozenset[Trait]] = {}
        self._sought: dict[JobId, Job] = {}  # their cards may have been shown
        self._refusals: dict[JobId, int] = {}  # refusals in a row
        self._left: set[JobId] = set()  # refused too often, so not tried any more

    def heard(self, job: Job) -> None:
        """A job has changed: redraw its card, and the cards in the queue if a slot was freed or taken."""
        self._left.discard(job.card_id)
        self._placing.heard(job)
        last = self._drawn.get(job.card_id)
        if last is None or not last.noted or last.jobs.get(job.id) != job:
            self._want(job)
        slot = job.phase.traits & {Trait.WAITS, Trait.HOLDS_SLOT}
        if self._slots.get(job.id) != slot:
            self._slots[job.id] = slot
            # Places in the queue may have changed; if a job has left it, so have all waiting times.
            self._places.changed(job.guild_id, all_times=not isinstance(job.phase, Queued))
        if job.is_at_rest:
            del self._slots[job.id]

    def queue_heard(self, guild: int) -> None:
        """Managers have paused or resumed the queue: redraw all cards that wait in it."""
        self._places.changed(guild, all_times=True)

    async def remember(self, jobs: Sequence[Job], message: discord.Message, drawn: DrawnCard | None) -> None:
        """A message has become the card of a job or a batch. Draws changes that were made before its id was known."""
        job = jobs[0]
        if drawn is not None:
            self._note(jobs, drawn, message)
        place = PostedMessage(channel_id=job.channel_id, message_id=message.id)
        now = await self._placing.note(job, place, None if drawn is None else name_of(job.phase))
        if drawn is not None and now == {each.id: CardState.of(each) for each in jobs}:
            self._settle(jobs, drawn)
        else:
            self._want(now.get(job.id, CardState.of(job)).in_job(job))

    async def expect(self, interaction_id: int, message: discord.Message) -> None:
        """If this interaction's order gets stored, this message is its card."""
        await self._lost.expect(interaction_id, PostedMessage(channel_id=message.channel.id, message_id=message.id))

    def seek(self, job: Job) -> None:
        """The card of a job may have been shown in an unknown message: look for it within a minute."""
        self._sought[job.id] = job

    def refresh(self, job: Job) -> None:
        """Redraw a card because of something other than its jobs, such as votes."""
        self._updater.want(job.channel_id, job.card_id, Haste.NEWS)

    async def dismiss(self, job: Job) -> None:
        """Remove the card of an order that produced nothing. Raises Undeliverable and Unavailable."""
        await self._removal.dismiss(job)

    async def trouble_of(self, job: Job) -> CardTrouble | None:
        """Why Discord last refused to change its card, as long as that still applies."""
        return await self._troubles.of(job)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that changed while nothing was running, now and periodically."""
        await self._redraw_outdated()
        for job in await self._messages.open_cards(MOST_OUTDATED):
            self._want(job)  # its remaining time changes, and the timers of the last run are gone
        self._sought |= {job.id: job for job in await self._lost.candidates()}
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
            try:
                await self._find_sought()
                await asyncio.sleep(CATCH_UP_EVERY)
                await self._redraw_outdated()
            except Exception:
                # Cards must never disturb anything else.
                log.exception("it could not be looked up which cards are behind")
                await asyncio.sleep(CATCH_UP_EVERY)

    async def _find_sought(self) -> None:
        for job in list(self._sought.values()):
            try:
                found = await self._lost.find(job)
            except Unavailable as later:
                log.info("the card of %s is looked for later: %s", job.id, later)
                return
            del self._sought[job.id]
            log.info("the card of %s %s", job.id, "is found again" if found else "is nowhere to be found")
            if found:
                self._want(await self._browse.find(job.id) or job)

    async def _redraw_outdated(self) -> None:
        for job in await self._messages.outdated_cards(MOST_OUTDATED):
            last = self._drawn.get(job.card_id)
            if last is not None and last.noted and last.shows(job):
                del self._drawn[job.card_id]  # another process has drawn an older state over it
            if job.card_id not in self._left:
                self._updater.want(job.channel_id, job.card_id, Haste.NEWS)

    def _shown_place(self, job_id: JobId) -> int | None:
        """The place in the queue that a new order's card shows, if this process has drawn it."""
        last = self._drawn.get(job_id)
        return None if last is None or last.card.estimate.line is None else last.card.estimate.line.ahead

    def _want(self, job: Job) -> None:
        self._updater.want(job.channel_id, job.card_id, self._haste(job))

    def _haste(self, job: Job) -> Haste:
        last = self._drawn.get(job.card_id)
        before = None if last is None else last.jobs.get(job.id)
        asked = job.cancel_asked_by is not None and (before is None or before.cancel_asked_by is None)
        # Several videos of a batch may end within a second, so for its card that is only a new phase.
        if asked or (job.is_at_rest and job.batch is None):
            return Haste.AT_ONCE
        return Haste.NEWS if last is not None and last.shows(job) else Haste.PHASE

    async def _redraw(self, card_id: JobId) -> bool:
        """Whether it edited or removed the card. Raises Unavailable if that is to be retried."""
        jobs, shown = await self._jobs_of(card_id), await self._messages.shown(card_id)
        if not jobs or shown.card is None:
            return False
        job = jobs[0]
        try:
            if await self._removal.is_due(jobs, shown):
                await self._removal.remove(job, shown.card)
                self._forget(job)
                took = True
            else:
                took = await self._draw(jobs, shown.card)
        except Undeliverable as no:
            return await self._refused(job, no)
        if self._refusals.pop(card_id, None):
            await self._troubles.is_over(job)
        return took

    async def _jobs_of(self, card_id: JobId) -> Sequence[Job]:
        """The jobs on a card, in their current state."""
        job = await self._browse.find(card_id)
        if job is None:
            return []
        return [job] if job.batch is None else await self._browse.batch(card_id)

    async def _draw(self, jobs: Sequence[Job], place: PostedMessage) -> bool:
        card_id = jobs[0].card_id
        last = self._drawn.get(card_id)
        drawn = await self._drawing(jobs, last)
        edits = last is None or not drawn.looks_like(last.card)
        if edits:
            message = await self._channel.edit(place, drawn, self._pictures.get(card_id, {}))
            if message is None:
                log.info("the card of %s was removed by somebody", card_id)
                await self._messages.forget_card(card_id)
                self._forget(jobs[0])
                return True
            self._note(jobs, drawn, message)
        if len(jobs) > 1:
            await self._news.tell(jobs)  # before the card is noted as drawn, so that no crash loses the news
        for job in jobs:
            if edits or last is None or not last.noted or not last.shows(job):
                await self._messages.remember_drawn(job.id, name_of(job.phase))
        self._settle(jobs, drawn)
        return edits

    async def _drawing(self, jobs: Sequence[Job], last: LastDrawn | None) -> DrawnCard:
        if jobs[0].batch is not None:
            return await self._batches.draw(jobs)
        return await self._renderer.draw(jobs[0], last.card if last else None)

    async def _refused(self, job: Job, no: Undeliverable) -> bool:
        """Permissions and channels may come back (after an outage), so retry for an hour, and note the reason."""
        refusals = self._refusals[job.id] = self._refusals.get(job.id, 0) + 1
        await self._troubles.note(job, no)
        if refusals < MOST_REFUSALS:
            raise Unavailable(no.message, FIRST_REFUSED_PAUSE if refusals == 1 else REFUSED_PAUSE)
        log.warning("the card of %s is left as it is: %s", job.id, no)
        del self._refusals[job.id]
        self._left.add(job.id)
        self._forget(job)
        if no.channel_gone:
            await self._messages.forget_card(job.id)
        return True

    def _note(self, jobs: Sequence[Job], drawn: DrawnCard, message: discord.Message) -> None:
        card_id = jobs[0].card_id
        self._drawn[card_id] = LastDrawn(jobs={job.id: job for job in jobs}, card=drawn, noted=False)
        if drawn.files:
            self._pictures[card_id] = {file.name: file for file in own_files(message).values()}

    def _forget(self, job: Job) -> None:
        self._drawn.pop(job.card_id, None)
        self._pictures.pop(job.card_id, None)
        self._stop_clock(job.card_id)

    def _settle(self, jobs: Sequence[Job], drawn: DrawnCard) -> None:
        """Called once it is stored what the card shows. Jobs at rest are then forgotten."""
        first = jobs[0]
        if all(job.is_at_rest for job in jobs):
            self._forget(first)
            return
        self._drawn[first.card_id] = LastDrawn(jobs={job.id: job for job in jobs}, card=drawn, noted=True)
        self._set_clock(first, drawn.estimate.changes_in)

    def _set_clock(self, job: Job, seconds: float | None) -> None:
        """Redraw the card when its text changes although nothing happens: its usual time is over."""
        self._stop_clock(job.card_id)
        if seconds is not None:
            want = partial(self._updater.want, job.channel_id, job.card_id, Haste.NEWS)
            self._clocks[job.card_id] = asyncio.get_running_loop().call_later(seconds + LATER, want)

    def _stop_clock(self, card_id: JobId) -> None:
        if clock := self._clocks.pop(card_id, None):
            clock.cancel()
