"""The only author of messages about jobs: redraws cards as jobs change, and posts each finished video once."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import discord

from bot.client import VideoBot
from bot.domain.errors import Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message
from bot.domain.phases import Posting, Queued, Undelivered, name_of
from bot.domain.ports.messages import Route
from bot.ui.cards.rendering import draw
from bot.ui.interactions.buttons import shows_result_of
from bot.ui.interactions.discord_errors import TROUBLE, in_our_words, is_final, is_gone
from bot.ui.publish.card_updates import LEAST_GAP, CardUpdater
from bot.ui.publish.result_poster import Occasion, ResultPoster
from bot.ui.publish.routes import Target, all_said, first_target, next_target

log = logging.getLogger(__name__)

NONCE_HOLDS = timedelta(minutes=2)  # Discord answers a repeated nonce with the first message for "a few minutes"
MOST_OUTDATED = 500  # cards redrawn after a start
HISTORY_TO_SEARCH = 200  # messages after the intent to post; ours is among the first


class Announcer:
    def __init__(self, client: VideoBot, poster: ResultPoster, *, least_gap: float = LEAST_GAP) -> None:
        self._client = client
        self._poster = poster
        self._editor = CardUpdater(self._redraw, least_gap=least_gap)
        self._refreshing: set[asyncio.Task[None]] = set()

    # Cards

    def heard(self, job: Job) -> None:
        """A job has changed: its card follows, and so do the cards behind it in line."""
        self._editor.want(job.channel_id, job.id, urgent=job.is_at_rest or job.cancel_asked_by is not None)
        if not isinstance(job.phase, Queued):
            task = asyncio.create_task(self._refresh_line(job.guild_id), name="refresh the line")
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that moved on while nobody was there to draw; for the start of the process."""
        for job in await self._client.messages.outdated_cards(MOST_OUTDATED):
            self._editor.want(job.channel_id, job.id, urgent=False)

    async def close(self) -> None:
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)
        await self._editor.close()

    async def _refresh_line(self, guild_id: int) -> None:
        for waiting in await self._client.jobs.waiting(guild_id):
            self._editor.want(waiting.channel_id, waiting.id, urgent=False)

    async def _redraw(self, job_id: JobId) -> None:
        job = await self._client.jobs.find(job_id)
        card = (await self._client.messages.shown(job_id)).card
        if job is None or card is None:
            return
        drawn = await draw(self._client, job)
        try:
            await self._message(card).edit(**drawn.as_edit())
        except TROUBLE as error:
            # The card was deleted, or its thread archived: the result is a message of its own, so nothing is lost.
            log.info("the card of %s could not be edited: %s", job_id, error)
            if not is_final(error):
                return
        await self._client.messages.remember_drawn(job_id, name_of(job.phase))

    def _message(self, place: PostedMessage) -> discord.PartialMessage:
        return self._client.get_partial_messageable(place.channel_id).get_partial_message(place.message_id)

    # Results

    async def deliver(self, job: Job, *, again: bool) -> None:
        """Post the video of a job once; see `bot.domain.ports.publishing.ResultPublisher`."""
        if (await self._client.messages.shown(job.id)).result is not None:
            return
        try:
            message = await self._post_somewhere(job, again=again)
        except TROUBLE as error:
            raise in_our_words(error) from error
        posted = PostedMessage(channel_id=message.channel.id, message_id=message.id)
        await self._client.messages.remember_result(job.id, posted)

    async def _post_somewhere(self, job: Job, *, again: bool) -> discord.Message:
        """Where it was ordered, or else as near to that as it is taken."""
        target: Target | None = await first_target(self._client, job, again=again)
        refusals: list[Message] = []
        while target is not None:
            try:
                return (await self._find_posted(target.job) if again else None) or await self._post_at(target)
            except TROUBLE as error:
                if not is_final(error):
                    raise
                refusals.append(in_our_words(error).message)
                # An earlier try may have got through, and what refuses us now may only hide it.
                may_be_there = again and not is_gone(error)
                target, again = (
                    None if may_be_there else await next_target(self._client, job, target.route, error),
                    False,
                )
        raise Undeliverable(all_said(refusals))

    async def _post_at(self, target: Target) -> discord.Message:
        card = (await self._client.messages.shown(target.job.id)).card if target.route is Route.ORDERED else None
        return await self._poster.post(target.job, Occasion(nonce=target.nonce, card=card, said=target.said))

    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video once more, whether or not it was ever shown; see `bot.domain.ports.publishing.Reposter`."""
        # What its owner still waits for is news to them; all else is asked for by somebody who is looking.
        news = isinstance(job.phase, Undelivered) and (not job.private or asked_by == job.owner_id)
        occasion = Occasion(nonce=nonce, late=news, asked_by=None if news else asked_by)
        try:
            message = await self._poster.post(job, occasion)
        except TROUBLE as error:
            raise in_our_words(error) from error
        return PostedMessage(channel_id=message.channel.id, message_id=message.id)

    async def _find_posted(self, job: Job) -> discord.Message | None:
        """The result an earlier try may have posted. While Discord still knows the nonce, repeating it finds it too."""
        since = job.phase.since if isinstance(job.phase, Posting) else None
        if since is None or datetime.now(UTC) - since < NONCE_HOLDS:
            return None
        channel = self._client.get_partial_messageable(job.channel_id)
        async for message in channel.history(after=since - timedelta(minutes=1), limit=HISTORY_TO_SEARCH):
            if message.author == self._client.user and shows_result_of(message, job.id):
                return message
        return None
