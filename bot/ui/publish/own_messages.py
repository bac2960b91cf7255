"""Messages of ours, looked for where they may stand: after an answer was lost nobody knows their ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.domain.errors import Undeliverable
from bot.domain.job import PostedMessage
from bot.ui.interactions.buttons import parts_of
from bot.ui.interactions.discord_errors import our_errors

MOST_SEARCHED = 100  # messages after the intent to post
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


async def find_beginning(
    client: discord.Client, channel_id: int, since: datetime, words: tuple[str, ...]
) -> discord.Message | None:
    """One of ours of which a text begins like that; None also where we may not look. Raises Unavailable."""
    try:
        with our_errors():
            return await find_own(client, channel_id, since, MOST_SEARCHED, lambda message: _begins(message, words))
    except Undeliverable:
        return None


def _begins(message: discord.Message, words: tuple[str, ...]) -> bool:
    texts: list[Any] = [getattr(part, "content", None) for part in parts_of(message)]
    return any(isinstance(text, str) and text.startswith(words) for text in texts)


def place_of(message: discord.Message) -> PostedMessage:
    return PostedMessage(channel_id=message.channel.id, message_id=message.id)
