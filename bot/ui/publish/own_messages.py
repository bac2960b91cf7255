"""Messages of ours, looked for where they may stand: after an answer was lost nobody knows their ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import discord

from bot.domain.job import PostedMessage

CLOCKS_DIFFER = timedelta(minutes=1)  # Discord's and ours


async def find_own(
    client: discord.Client, channel_id: int, since: datetime, most: int, is_it: Callable[[discord.Message], bool]
) -> discord.Message | None:
    """The first of ours among the `most` messages since then that it is. Raises what discord.py and the network do."""
    channel = client.get_partial_messageable(channel_id)
    async for message in channel.history(after=since - CLOCKS_DIFFER, limit=most):
        if message.author == client.user and is_it(message):
            return message
    return None


def place_of(message: discord.Message) -> PostedMessage:
    return PostedMessage(channel_id=message.channel.id, message_id=message.id)
