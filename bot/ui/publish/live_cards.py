"""Keeps the cards of jobs as the jobs are: each change is drawn, at the pace that Discord takes."""

from __future__ import annotations

import asyncio
import logging

import discord

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Queued, name_of
from bot.domain.ports.messages import MessageStore
from bot.jobs.use_cases.browse import BrowseVideos
from bot.ui.cards.rendering import CardRenderer
from bot.ui.interactions.discord_errors import TROUBLE, is_final
from bot.ui.publish.card_updates import LEAST_GAP, CardUpdater

log = logging.getLogger(__name__)

MOST_OUTDATED = 500  # cards redrawn after a start


class LiveCards:
    """One for each process. `least_gap` in seconds, between two edits of one card."""

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
        self._refreshing: set[asyncio.Task[None]] = set()

    def heard(self, job: Job) -> None:
        """A job has changed: its card follows, and so do the cards behind it in the queue."""
        self._updater.want(job.channel_id, job.id, urgent=job.is_at_rest or job.cancel_asked_by is not None)
        if not isinstance(job.phase, Queued):
            task = asyncio.create_task(self._refresh_queue(job.guild_id), name="refresh the queue")
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that moved on while nobody was there to draw; for the start of the process."""
        for job in await self._messages.outdated_cards(MOST_OUTDATED):
            self._updater.want(job.channel_id, job.id, urgent=False)

    async def close(self) -> None:
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)
        await self._updater.close()

    async def _refresh_queue(self, guild_id: int) -> None:
        for waiting in await self._browse.waiting(guild_id):
            self._updater.want(waiting.channel_id, waiting.id, urgent=False)

    async def _redraw(self, job_id: JobId) -> None:
        job = await self._browse.find(job_id)
        card = (await self._messages.shown(job_id)).card
        if job is None or card is None:
            return
        drawn = await self._renderer.draw(job)
        channel = self._client.get_partial_messageable(card.channel_id)
        try:
            await channel.get_partial_message(card.message_id).edit(**drawn.as_edit())
        except TROUBLE as error:
            # The card was deleted, or its thread archived: the result is a message of its own, so nothing is lost.
            log.info("the card of %s could not be edited: %s", job_id, error)
            if not is_final(error):
                return
        await self._messages.remember_drawn(job_id, name_of(job.phase))
