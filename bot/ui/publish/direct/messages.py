"""Sends a sentence as a direct message."""

from __future__ import annotations

import discord

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_PLAIN
from bot.ui.text.render import render


@wired
class DiscordDirectMessages:
    """The DirectMessages."""

    client: discord.Client
    languages: ServerLanguages

    async def tell(self, user_id: int, message: Message, *, guild_id: int) -> None:
        async with self.languages.reading(guild_id):
            words = cut(render(message), LONGEST_PLAIN)
        with our_errors():
            direct = await self.client.create_dm(discord.Object(user_id))
            await direct.send(words, allowed_mentions=discord.AllowedMentions.none())
