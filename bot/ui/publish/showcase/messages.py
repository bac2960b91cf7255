"""Videos as messages in the servers' showcases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

import discord
from discord.ui import LayoutView, TextDisplay

from bot.data_classes import wired
from bot.domain.job import Job, PostedMessage
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.showcase_post import ShowcaseFacts, shows_in_showcase
from bot.ui.interactions.buttons import parts_of
from bot.ui.interactions.channel_rights import all_read_both
from bot.ui.interactions.discord_errors import gone_is_fine, our_errors
from bot.ui.publish.covering import edit_in_place
from bot.ui.publish.own_messages import MOST_SEARCHED, find_own, message_at, place_of
from bot.ui.publish.result_poster import Occasion, ResultPoster
from bot.ui.text.phrases.studio.liked import showcase
from bot.ui.text.render import render


@wired
class DiscordShowcase:
    """The ShowcaseChannel."""

    client: discord.Client
    poster: ResultPoster
    languages: ServerLanguages

    def guilds(self) -> Collection[int]:
        return [guild.id for guild in self.client.guilds if not guild.unavailable]

    async def may_show(self, guild_id: int, seen_in: int, channel_id: int) -> bool:
        guild = self.client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return False
        if guild.get_channel_or_thread(channel_id) is None:
            with our_errors():
                await self.client.fetch_channel(channel_id)  # says why it is unknown: it may have been deleted
        return all_read_both(guild, channel_id, seen_in)

    async def post(
        self, job: Job, channel_id: int, stars: int, original: PostedMessage, *, nonce: str
    ) -> PostedMessage:
        there = replace(job, channel_id=channel_id)
        here = ShowcaseFacts(stars=stars, original=link_to(job, original))
        async with self.languages.reading(job.guild_id):
            with our_errors():
                return place_of(await self.poster.post(there, Occasion(nonce=nonce, silent=True, showcase=here)))

    async def find_posted(self, job: Job, channel_id: int, since: datetime) -> PostedMessage | None:
        with our_errors():
            found = await find_own(
                self.client, channel_id, since, MOST_SEARCHED, lambda message: shows_in_showcase(message, job.id)
            )
        return None if found is None else place_of(found)

    async def update(self, job: Job, post: PostedMessage, stars: int) -> bool:
        async with self.languages.reading(job.guild_id):
            said = render(showcase.headline(job, stars))
        with gone_is_fine():
            message = await self.client.get_partial_messageable(post.channel_id).fetch_message(post.message_id)
            if any(isinstance(part, discord.TextDisplay) for part in parts_of(message)):
                await edit_in_place(message, partial(_say_first, said=said))
            return True
        return False

    async def remove(self, post: PostedMessage) -> None:
        with gone_is_fine():
            await message_at(self.client, post).delete()


def _say_first(view: LayoutView, *, said: str) -> None:
    next(part for part in view.walk_children() if isinstance(part, TextDisplay)).content = said
