"""Servers as REST tells of them, for a process that the gateway tells nothing: a worker, or one of other shards."""

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

KNOWN_FOR = 60.0  # seconds, after which a server is asked for again: roles and channels change
MOST_KNOWN = 1_000  # servers
Found = discord.Guild | discord.HTTPException
NOT_THERE = (discord.NotFound, discord.Forbidden)


@wired
class FetchedServers:
    """Each with its roles, its channels and its open threads."""

    http: HTTPClient
    state: ConnectionState[Any]
    now: Callable[[], float] = time.monotonic
    _known: dict[int, tuple[Found, float]] = field(default_factory=dict)
    _asking: dict[int, asyncio.Task[Found]] = field(default_factory=dict)

    def known(self, guild_id: int) -> discord.Guild | None:
        """As it was within the last minute, if it was asked for."""
        found = self._fresh(guild_id)
        return found if isinstance(found, discord.Guild) else None

    def channel(self, channel_id: int) -> discord.abc.GuildChannel | discord.Thread | None:
        """One of the servers that are known."""
        servers = (self.known(guild_id) for guild_id in list(self._known))
        found = (server.get_channel_or_thread(channel_id) for server in servers if server is not None)
        return next((channel for channel in found if channel is not None), None)

    async def of(self, guild_id: int) -> discord.Guild:
        """Raises NotFound or Forbidden where we are not, and what else a request raises."""
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
        """Once for all who want to know at the same time."""
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
            whole: Any = {**data, "channels": channels, "threads": threads}  # as GUILD_CREATE has it
            found = discord.Guild(data=whole, state=self.state)
        except NOT_THERE as error:
            found = error
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[guild_id] = found, self.now() + KNOWN_FOR
        return found

    async def _threads(self, guild_id: int) -> Sequence[Any]:
        return (await self.http.get_active_threads(guild_id))["threads"]
