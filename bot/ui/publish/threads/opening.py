"""Opens threads on our messages."""

from __future__ import annotations

import discord

from bot.data_classes import wired
from bot.domain.errors import BadRequest, Undeliverable
from bot.domain.job import PostedMessage
from bot.ui.interactions.discord_errors import UNKNOWN_MESSAGE, code_of, our_errors
from bot.ui.text.phrases.studio import threads

BEGUN_ALREADY = 160004  # a message has at most one thread, which has the message's id
REFUSALS = {160006: threads.TOO_MANY_THREADS, UNKNOWN_MESSAGE: threads.MESSAGE_GONE}


@wired
class DiscordThreads:
    """The ThreadOpener. Raises BadRequest in a channel without threads, such as a thread, and if it has too many."""

    client: discord.Client

    async def open(self, message: PostedMessage, name: str) -> int:
        channel = self.client.get_channel(message.channel_id)
        if not isinstance(channel, discord.TextChannel):
            raise BadRequest(threads.NO_THREADS_THERE)
        with our_errors():
            try:
                return (await channel.get_partial_message(message.message_id).create_thread(name=name)).id
            except discord.HTTPException as error:
                if code_of(error) in REFUSALS:
                    raise BadRequest(REFUSALS[code_of(error)]) from error
                if code_of(error) != BEGUN_ALREADY:
                    raise
                return message.message_id

    async def is_there(self, thread_id: int) -> bool:
        try:
            with our_errors():
                await self.client.fetch_channel(thread_id)
        except Undeliverable as no:
            return not no.channel_gone
        return True
