"""Sends a sentence as a direct message."""

from __future__ import annotations

import discord

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.text.render import render


@wired
class DiscordDirectMessages:
    """The DirectMessages."""

    client: discord.Client

    async def tell(self, user_id: int, message: Message) -> None:
        with our_errors():
            direct = await self.client.create_dm(discord.Object(user_id))
            await direct.send(render(message), allowed_mentions=discord.AllowedMentions.none())
