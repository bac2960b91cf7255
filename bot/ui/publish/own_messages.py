"""Messages of ours: posted, named by where they are, and found if their ids are unknown because a response was lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import discord
from discord.ui import LayoutView

from bot.domain.errors import Undeliverable
from bot.domain.job import PostedMessage
from bot.ui.interactions.buttons import parts_of
from bot.ui.interactions.discord_errors import our_errors

NOBODY = discord.AllowedMentions.none()
MOST_SEARCHED = 100  # messages after the intent to post
CLOCKS_DIFFER = timedelta(minutes=1)  # between Discord's and ours


async def post_view(client: discord.Client, channel_id: int, view: LayoutView, *, nonce: str) -> discord.Message:
    """A message that mentions nobody. Raises Undeliverable and Unavailable."""
    with our_errors():
        return await client.get_partial_messageable(channel_id).send(view=view, nonce=nonce, allowed_mentions=NOBODY)


def message_at(client: discord.Client, place: PostedMessage) -> discord.PartialMessage:
    return client.get_partial_messageable(place.channel_id).get_partial_message(place.message_id)


async def find_own(
    client: discord.Client, channel_id: int, since: datetime, most: int, is_it: Callable[[discord.Message], bool]
) -> discord.Message | None:
    """The first message of ours that `is_it`, among the `most` since then.

    Raises errors of discord.py and the network.
    """
    channel = client.get_partial_messageable(channel_id)
    async for message in channel.history(after=since - CLOCKS_DIFFER, limit=most):
        if message.author == client.user and is_it(message):
            return message
    return None


async def find_beginning(
    client: discord.Client, channel_id: int, since: datetime, words: tuple[str, ...]
) -> discord.Message | None:
    """A message of ours with a text that begins like that; None also if the bot may not read there.

    Raises Unavailable.
    """
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
