"""Keeps the cards of jobs as the jobs are: each change is drawn, at the pace that Discord takes; in the end they go.

Both are tried until they are done, also after a restart. What Discord refuses for good is tried slowly for an hour, and
then again at the job's next change or at the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Queued, Trait, name_of
from bot.domain.ports.messages import MessageStore
from bot.jobs.delivery.cards import CardRemoval, CardTrouble, CardTroubles, LostCards
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.cards.rendering import CardRenderer, DrawnCard
from bot.ui.publish.card_updates import LEAST_GAP, CardUpdater, Haste
from bot.ui.publish.discord_cards import DiscordCards

log = logging.getLogger(__name__)

MOST_OUTDATED = 500  # cards redrawn at once after a start
LATER = 0.2  # seconds past the moment at which a card reads otherwise: it does by then
BETWEEN_LOOKS = 1.0  # seconds, at the queue of one server
CATCH_UP_EVERY = 30.0  # seconds between two looks for cards that nobody in this process knows to be behind
FIRST_REFUSED_PAUSE = 30.0  # seconds after the first time: it may have been a moment's trouble
REFUSED_PAUSE = 300.0  # seconds until a change that Discord refused for good is tried again; a right may come back
MOST_REFUSALS = 12  # of them in a row, about an hour; then it is left until the job changes, or the next start


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
        channel: DiscordCards,
        renderer: CardRenderer,
        browse: BrowseVideos,
        messages: MessageStore,
        removal: CardRemoval,
        lost: LostCards,
        troubles: CardTroubles,
        least_gap: float = LEAST_GAP,
    ) -> None:
        self._channel = channel
        self._renderer = renderer
        self._browse = browse
        self._messages = messages
        self._removal = removal
        self._lost = lost
        self._troubles = troubles
        self._updater = CardUpdater(self._redraw, least_gap=least_gap)
        self._tasks: set[asyncio.Task[None]] = set()
        # All of these hold jobs that are not at rest.
        self._drawn: dict[JobId, _LastDrawn] = {}
        self._pictures: dict[JobId, discord.Attachment] = {}
        self._clocks: dict[JobId, asyncio.TimerHandle] = {}
        self._slots: dict[JobId, frozenset[Trait]] = {}
        self._queues: dict[int, dict[JobId, int]] = {}  # by server: the place in line that was last looked up
        self._sought: dict[JobId, Job] = {}  # their card may stand somewhere
        self._refusals: dict[JobId, int] = {}  # in a row
        self._left: set[JobId] = set()  # as they are, because they were refused too often
        self._stale: dict[int, bool] = {}  # servers whose queue has changed since; whether somebody has left it
        self._refreshing: set[int] = set()  # servers whose queue is being looked at

    def heard(self, job: Job) -> None:
        """A job has changed: its card follows, and so do the cards in the queue when a place came free or was taken."""
        self._left.discard(job.id)
        last = self._drawn.get(job.id)
        if last is None or not last.noted or last.job != job:
            self._want(job)
        slot = job.phase.traits & {Trait.WAITS, Trait.HOLDS_SLOT}
        if self._slots.get(job.id) != slot:
            self._slots[job.id] = slot
            self._queue_changed(job)
        if job.is_at_rest:
            del self._slots[job.id]

    def queue_heard(self, guild: int) -> None:
        """Its managers have paused it, or let it go on: all cards that wait there say so."""
        self._refresh(guild, all_times=True)

    async def remember(self, job: Job, message: discord.Message, drawn: DrawnCard | None) -> None:
        """A message has become the card of a job. What happened until its id was known is drawn now."""
        if drawn is not None:
            self._note(job, drawn, message)
        place = PostedMessage(channel_id=job.channel_id, message_id=message.id)
        await self._messages.remember_card(job.id, place, None if drawn is None else name_of(job.phase))
        now = await self._browse.find(job.id)
        if drawn is not None and now == job:
            self._settle(job, drawn)
        else:
            self._want(now or job)

    async def expect(self, interaction_id: int, message: discord.Message) -> None:
        """If the order of this interaction comes to be stored, this message is its card."""
        await self._lost.expect(interaction_id, PostedMessage(channel_id=message.channel.id, message_id=message.id))

    def seek(self, job: Job) -> None:
        """The card of a job may have been shown, and nobody could tell us where: it is looked for within a minute."""
        self._sought[job.id] = job

    async def dismiss(self, job: Job) -> None:
        """Remove the card of an order that came to nothing. Raises Undeliverable and Unavailable."""
        await self._removal.dismiss(job)

    async def trouble_of(self, job: Job) -> CardTrouble | None:
        """Why Discord last refused to change its card, while that counts."""
        return await self._troubles.of(job)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that moved on while nobody was there to draw, now and from time to time."""
        await self._redraw_outdated()
        for job in await self._messages.open_cards(MOST_OUTDATED):
            self._want(job)  # what it says of the time goes on, and no clock of an earlier life does
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
            last = self._drawn.get(job.id)
            if last is not None and last.noted and name_of(last.job.phase) == name_of(job.phase):
                del self._drawn[job.id]  # another process has drawn an older state over it
            if job.id not in self._left:
                self._updater.want(job.channel_id, job.id, Haste.NEWS)

    def _queue_changed(self, job: Job) -> None:
        """Others may wait behind somebody else now; when one has left the queue, all wait for another time."""
        self._refresh(job.guild_id, all_times=not isinstance(job.phase, Queued))

    def _refresh(self, guild: int, *, all_times: bool) -> None:
        self._stale[guild] = self._stale.get(guild, False) or all_times
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
            if all_times or before.get(job_id, self._shown_place(job_id)) != place:
                self._updater.want(channel, job_id, Haste.NEWS)

    def _shown_place(self, job_id: JobId) -> int | None:
        """What the card of an order that has just come says, as far as it was drawn here."""
        last = self._drawn.get(job_id)
        return None if last is None or last.card.estimate.line is None else last.card.estimate.line.ahead

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
        """Whether it took an edit, or the removal. Unavailable when that is to be tried again."""
        job, shown = await self._browse.find(job_id), await self._messages.shown(job_id)
        if job is None or shown.card is None:
            return False
        try:
            if await self._removal.is_due(job, shown):
                await self._removal.remove(job, shown.card)
                self._forget(job)
                took = True
            else:
                took = await self._draw(job, shown.card)
        except Undeliverable as no:
            return await self._refused(job, no)
        if self._refusals.pop(job_id, None):
            await self._troubles.is_over(job)
        return took

    async def _draw(self, job: Job, place: PostedMessage) -> bool:
        last = self._drawn.get(job.id)
        drawn = await self._renderer.draw(job, last.card if last else None)
        edits = last is None or not drawn.looks_like(last.card)
        if edits:
            message = await self._channel.edit(place, drawn, self._pictures.get(job.id))
            if message is None:
                log.info("the card of %s was removed by somebody", job.id)
                await self._messages.forget_card(job.id)
                self._forget(job)
                return True
            self._note(job, drawn, message)
        if edits or last is None or not last.noted or name_of(last.job.phase) != name_of(job.phase):
            await self._messages.remember_drawn(job.id, name_of(job.phase))
        self._settle(job, drawn)
        return edits

    async def _refused(self, job: Job, no: Undeliverable) -> bool:
        """A right, and a channel after an outage, may come back; so this is tried for an hour, and why is kept."""
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

    def _note(self, job: Job, drawn: DrawnCard, message: discord.Message) -> None:
        self._drawn[job.id] = _LastDrawn(job=job, card=drawn, noted=False)
        if drawn.picture is not None and message.attachments:
            self._pictures[job.id] = message.attachments[0]

    def _forget(self, job: Job) -> None:
        self._drawn.pop(job.id, None)
        self._pictures.pop(job.id, None)

    def _settle(self, job: Job, drawn: DrawnCard) -> None:
        """It is stored what the card shows. Of a job at rest nothing more is kept in mind."""
        self._set_clock(job, drawn)
        if job.is_at_rest:
            self._forget(job)
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
