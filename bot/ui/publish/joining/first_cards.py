"""Posts the card with the first steps in the first channel of a server that accepts it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

import discord

from bot.data_classes import wired
from bot.domain.access.validity import lowest
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import FREE
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.buttons import has_component
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.interactions.members import NEEDED
from bot.ui.publish.own_messages import find_own
from bot.ui.screens.settings.joining import MARK, FirstCard
from bot.ui.text.phrases.errors import IN_TROUBLE, NO_RIGHT

MOST_SEARCHED = 50  # messages after the intent to post
TO_POST = ("view_channel", "send_messages")


@wired
class DiscordFirstCards:
    """The FirstCardChannel."""

    client: discord.Client
    catalogue: Catalogue
    languages: ServerLanguages

    def guilds(self) -> Collection[int]:
        return [guild.id for guild in self.client.guilds]

    def joined_at(self, guild_id: int) -> datetime | None:
        guild = self.client.get_guild(guild_id)
        me: discord.Member | None = None if guild is None else guild.me  # there is none if the server is in an outage
        return None if me is None else me.joined_at

    async def post(self, guild_id: int, *, nonce: str) -> None:
        channel = self._channel(guild_id)
        async with self.languages.reading(guild_id):
            view = FirstCard(lacking_for_videos(channel), free=free_model(self.catalogue) is not None)
        with our_errors():
            await channel.send(view=view, nonce=nonce, allowed_mentions=discord.AllowedMentions.none())

    async def is_posted(self, guild_id: int, since: datetime) -> bool:
        channel = self._channel(guild_id)
        with our_errors():
            return await find_own(self.client, channel.id, since, MOST_SEARCHED, is_first_card) is not None

    def _channel(self, guild_id: int) -> discord.TextChannel:
        guild = self.client.get_guild(guild_id)
        if guild is not None and guild.unavailable:  # its channels are not known yet
            raise Unavailable(IN_TROUBLE)
        found = None if guild is None else next(writable(guild), None)
        if found is None:
            raise Undeliverable(NO_RIGHT)
        return found


def writable(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    """The system channel first, then the others in the server's order."""
    first = [] if guild.system_channel is None else [guild.system_channel]
    for channel in (*first, *guild.text_channels):
        held = channel.permissions_for(guild.me)
        if all(getattr(held, name) for name in TO_POST):
            yield channel


def lacking_for_videos(channel: discord.TextChannel) -> list[str]:
    """Permissions that the bot lacks there for making videos, by Discord's names."""
    held = channel.permissions_for(channel.guild.me)
    return [shown for name, shown in NEEDED.items() if not getattr(held, name)]


def is_first_card(message: discord.Message) -> bool:
    return has_component(message, MARK)


def free_model(catalogue: Catalogue) -> ModelCard | None:
    """A model whose cheapest video is free, if there is one."""
    return next((card for card in catalogue.cards.values() if lowest(card) == FREE), None)
