"""The language of a server's public messages."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import field
from typing import Any

import discord

from bot.data_classes import wired
from bot.domain.texts.languages import ENGLISH, LANGUAGES, language_of, reading
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.interactions.members import server_of

KNOWN_FOR = 60.0  # seconds after which another process may have set another language
MOST_KNOWN = 10_000  # servers


@wired
class ServerLanguages:
    """The language that it chose; otherwise the one that Discord reports."""

    preferences: GuildPreferences
    client: discord.Client
    now: Callable[[], float] = time.monotonic
    _known: dict[int, tuple[str | None, float]] = field(default_factory=dict)  # the choices, and when they expire

    async def of(self, guild_id: int) -> str:
        if chosen := await self._chosen(guild_id):
            return chosen
        try:
            guild = await server_of(self.client, guild_id)
        except TROUBLE:
            return ENGLISH
        return language_of(str(guild.preferred_locale))

    @asynccontextmanager
    async def reading(self, guild_id: int) -> AsyncIterator[None]:
        """Within the context, this task's output is for everybody who reads there."""
        with reading(await self.of(guild_id)):
            yield

    @asynccontextmanager
    async def reading_at(self, channel_id: int) -> AsyncIterator[None]:
        """Likewise, for everybody who reads that channel."""
        guild = getattr(self.client.get_channel(channel_id), "guild", None)
        with reading(ENGLISH if guild is None else await self.of(guild.id)):
            yield

    @asynccontextmanager
    async def reading_pressed(self, interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
        """Likewise, for all readers of the message whose button was pressed, unless only the presser sees it."""
        message = interaction.message
        if message is None or message.flags.ephemeral or interaction.guild_id is None:
            yield
            return
        async with self.reading(interaction.guild_id):
            yield

    def forget(self, guild_id: int) -> None:
        """Drop the cached language, as a different one was chosen."""
        self._known.pop(guild_id, None)

    async def _chosen(self, guild_id: int) -> str | None:
        known = self._known.get(guild_id)
        if known is not None and self.now() < known[1]:
            return known[0]
        language = (await self.preferences.of(guild_id)).language
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        chosen = language if language in LANGUAGES else None
        self._known[guild_id] = chosen, self.now() + KNOWN_FOR
        return chosen
