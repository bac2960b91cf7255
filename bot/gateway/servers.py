"""Servers fetched by REST, for processes that the gateway does not send them to: workers, and those of other shards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import Any

import discord
from discord.http import HTTPClient
from discord.state import ConnectionState

from bot.data_classes import wired

KNOWN_FOR = 60.0  # seconds until a server is fetched again: roles and channels change
ABSENT_FOR = 5.0  # seconds until one that we are not on is: people invite the bot again right after removing it
MOST_KNOWN = 1_000  # servers
Found = discord.Guild | discord.HTTPException
NOT_THERE = (discord.NotFound, discord.Forbidden)


@wired
class FetchedServers:
    """Servers with their roles, channels and open threads."""

    http: HTTPClient
    state: ConnectionState[Any]
    now: Callable[[], float] = time.monotonic
    _known: dict[int, tuple[Found, float]] = field(default_factory=dict)
    _asking: dict[int, asyncio.Task[Found]] = field(default_factory=dict)

    def known(self, guild_id: int) -> discord.Guild | None:
        """The server as of the last minute, if it was fetched."""
        found = self._fresh(guild_id)
        return found if isinstance(found, discord.Guild) else None

    def channel(self, channel_id: int) -> discord.abc.GuildChannel | discord.Thread | None:
        """A channel of one of the known servers."""
        servers = (self.known(guild_id) for guild_id in list(self._known))
        found = (server.get_channel_or_thread(channel_id) for server in servers if server is not None)
        return next((channel for channel in found if channel is not None), None)

    async def of(self, guild_id: int) -> discord.Guild:
        """Raises NotFound or Forbidden if we are not on the server, and any other error of the request."""
        found = self._fresh(guild_id)
        if found is None:
            found = await asyncio.shield(self._ask(guild_id))
        if isinstance(found, discord.HTTPException):
            raise found
        return found

    def _fresh(self, guild_id: int) -> Found | None:
        found, until = self._known.get(guild_id, (None, 0.0))
        return found if self.now() < until else None

    def _ask(self, guild_id: int) -> asyncio.Task[Found]:
        """One request for all who ask at the same time."""
        if guild_id not in self._asking:
            asking = self._asking[guild_id] = asyncio.create_task(self._fetch(guild_id), name="fetch a server")
            asking.add_done_callback(lambda _: self._asking.pop(guild_id))
        return self._asking[guild_id]

    async def _fetch(self, guild_id: int) -> Found:
        found: Found
        try:
            data, channels, threads = await asyncio.gather(
                self.http.get_guild(guild_id),
                self.http.get_all_guild_channels(guild_id),
                self._threads(guild_id),
            )
            whole: Any = {**data, "channels": channels, "threads": threads}  # the same format as GUILD_CREATE
            found = discord.Guild(data=whole, state=self.state)
        except NOT_THERE as error:
            found = error
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[guild_id] = found, self.now() + (KNOWN_FOR if isinstance(found, discord.Guild) else ABSENT_FOR)
        return found

    async def _threads(self, guild_id: int) -> Sequence[Any]:
        return (await self.http.get_active_threads(guild_id))["threads"]
