"""News for one member: by direct message, or, if these are closed, in the channel that it is about."""

from __future__ import annotations

import logging

import discord

from bot.data_classes import wired
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.messages import Message, Person, joined, value
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.publish.direct.messages import DiscordDirectMessages
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_PLAIN
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render

log = logging.getLogger(__name__)


@wired
class DiscordMemberNews:
    """The MemberNews."""

    direct_messages: DiscordDirectMessages

    async def tell(
        self, member_id: int, channel_id: int | None, news: Message, more: Message | None = None, *, guild_id: int
    ) -> None:
        try:
            await self.direct_messages.tell(member_id, lines(news, more), guild_id=guild_id)
        except (Undeliverable, Unavailable) as no:
            log.info("member %s takes no direct messages: %s", member_id, no.sentence)
            if channel_id is not None:
                await self._tell_in(channel_id, member_id, news, guild_id)

    async def _tell_in(self, channel_id: int, member_id: int, news: Message, guild_id: int) -> None:
        them = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(member_id)])
        async with self.direct_messages.languages.reading(guild_id):
            words = cut(render(joined(value(Person(member_id)), news)), LONGEST_PLAIN)
        try:
            with our_errors():
                channel = self.direct_messages.client.get_partial_messageable(channel_id)
                await channel.send(words, allowed_mentions=them)
        except (Undeliverable, Unavailable) as no:
            log.info("member %s could not be told anything: %s", member_id, no.sentence)
