"""Results as messages in Discord's channels: posted, found again, reposted. Discord's errors become our own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import discord

from bot.data_classes import wired
from bot.domain.access.preferences import MemberChoices
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message
from bot.domain.phases import Undelivered
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.buttons import shows_result_of
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.publish.own_messages import find_own, place_of
from bot.ui.publish.result_poster import Occasion, ResultPoster

HISTORY_TO_SEARCH = 200  # messages after the intent to post; ours is among the first


@wired
class DiscordResults:
    """The ResultChannel and the Reposter."""

    client: discord.Client
    poster: ResultPoster
    choices: MemberChoices
    languages: ServerLanguages

    async def post(
        self, job: Job, *, nonce: str, card: PostedMessage | None = None, said: Message | None = None
    ) -> PostedMessage:
        """Post the video of a job; see `bot.domain.ports.publishing.ResultChannel`."""
        return await self._post(job, Occasion(nonce=nonce, card=card, said=said))

    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video once more, whether or not it was ever shown; see `bot.domain.ports.publishing.Reposter`."""
        # A video that its owner still waits for is posted as news; anything else is for somebody who asked to see it.
        news = isinstance(job.phase, Undelivered) and (not job.private or asked_by == job.owner_id)
        return await self._post(
            job, Occasion(nonce=nonce, late=news, asked_by=None if news else asked_by, original=not news)
        )

    async def _post(self, job: Job, occasion: Occasion) -> PostedMessage:
        chosen = await self.choices.of(job.owner_id)
        occasion = replace(occasion, silent=occasion.asked_by is None and chosen.is_silent(direct=job.private))
        async with self.languages.reading(job.guild_id):
            with our_errors():
                return place_of(await self.poster.post(job, occasion))

    async def find_posted(self, job: Job, since: datetime) -> PostedMessage | None:
        """The job's result in its channel; see `bot.domain.ports.publishing.ResultChannel`."""
        with our_errors():
            found = await find_own(
                self.client, job.channel_id, since, HISTORY_TO_SEARCH, lambda message: shows_result_of(message, job.id)
            )
        return None if found is None else place_of(found)

    async def open_direct(self, user_id: int) -> int:
        """The id of somebody's direct-message channel; see `bot.domain.ports.publishing.ResultChannel`."""
        with our_errors():
            return (await self.client.create_dm(discord.Object(user_id))).id
