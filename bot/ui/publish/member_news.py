"""News for one member: by direct message, or, if these are closed, in the channel that it is about."""

from __future__ import annotations

import logging

import discord

from bot.data_classes import wired
from bot.domain.messages import Message, Person, joined, value
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render

log = logging.getLogger(__name__)

LONGEST = 2000  # characters per message


@wired
class DiscordMemberNews:
    """The MemberNews."""

    client: discord.Client

    async def tell(self, member_id: int, channel_id: int | None, news: Message, more: Message | None = None) -> None:
        try:
            channel = await self.client.create_dm(discord.Object(member_id))
            await channel.send(cut(render(lines(news, more)), LONGEST))
        except TROUBLE as closed:
            log.info("member %s takes no direct messages: %s", member_id, closed)
            if channel_id is not None:
                await self._tell_in(channel_id, member_id, news)

    async def _tell_in(self, channel_id: int, member_id: int, news: Message) -> None:
        them = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(member_id)])
        words = cut(render(joined(value(Person(member_id)), news)), LONGEST)
        try:
            await self.client.get_partial_messageable(channel_id).send(words, allowed_mentions=them)
        except TROUBLE as trouble:
            log.info("member %s could not be told anything: %s", member_id, trouble)
