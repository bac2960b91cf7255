"""Posts cards to the log channels of servers, after whatever they report, and nothing waits for them.

Cards wait in memory. A card lost in a crash contains nothing that is not stored elsewhere, such as among the changes of
a server's settings.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Sequence

from bot.domain.audit.log_channel import LogCard, LogChannel
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.guild import ChannelUse
from bot.jobs.use_cases.guild import GuildPreferences

log = logging.getLogger(__name__)

MOST_WAITING = 100  # cards per server; more would be a flood that nobody reads
PAUSES = (2.0, 10.0, 60.0)  # seconds before each retry
SHUT_FOR = 300.0  # seconds before a channel that accepts nothing is retried


class LogPoster:
    """The CertainLog. It posts nothing until `open` has given it the Discord side."""

    def __init__(self, *, pauses: Sequence[float] = PAUSES) -> None:
        self._pauses = pauses
        self._channel: LogChannel | None = None
        self._preferences: GuildPreferences | None = None
        self._waiting: dict[int, deque[LogCard]] = {}
        self._posting: dict[int, asyncio.Task[None]] = {}
        self._shut: dict[int, float] = {}  # channels that accept nothing, and until when

    def open(self, channel: LogChannel, preferences: GuildPreferences) -> None:
        self._channel, self._preferences = channel, preferences

    def post(self, guild_id: int, card: LogCard) -> None:
        waiting = self._waiting.setdefault(guild_id, deque())
        if len(waiting) >= MOST_WAITING:
            log.warning("the log channel of the server %s is too slow: a card is left out", guild_id)
            return
        waiting.append(card)
        if guild_id not in self._posting:
            self._posting[guild_id] = asyncio.create_task(self._post_all(guild_id, waiting), name="log channel")

    async def tell(self, guild_id: int, card: LogCard) -> bool:
        try:
            return await self._posted(guild_id, card, pauses=())
        except Exception:
            # Whoever tells tries again.
            log.exception("a card for the log channel of the server %s could not be posted", guild_id)
            return False

    async def settled(self) -> None:
        """Returns once nothing is waiting any more."""
        while self._posting:
            await asyncio.wait({*self._posting.values()})

    async def close(self) -> None:
        tasks = list(self._posting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _post_all(self, guild_id: int, waiting: deque[LogCard]) -> None:
        try:
            while waiting:
                await self._try(guild_id, waiting.popleft())
        finally:
            del self._posting[guild_id], self._waiting[guild_id]

    async def _try(self, guild_id: int, card: LogCard) -> None:
        try:
            await self._posted(guild_id, card, pauses=self._pauses)
        except Exception:
            # The card is lost, but whatever it reports goes on.
            log.exception("a card for the log channel of the server %s could not be posted", guild_id)

    async def _posted(self, guild_id: int, card: LogCard, *, pauses: Sequence[float]) -> bool:
        if self._channel is None or self._preferences is None:
            return False
        channel_id = (await self._preferences.of(guild_id)).log_channel
        return channel_id is not None and await self._post(guild_id, self._channel, channel_id, card, pauses)

    async def _post(
        self, guild_id: int, channel: LogChannel, channel_id: int, card: LogCard, pauses: Sequence[float]
    ) -> bool:
        if self._shut.get(channel_id, 0.0) > _now():
            return False
        nonce = f"k1l-{secrets.token_hex(8)}"
        for pause in (*pauses, None):
            try:
                await channel.post(channel_id, card, nonce=nonce)
            except Undeliverable as no:
                log.warning("the log channel %s of the server %s takes nothing: %s", channel_id, guild_id, no.sentence)
                self._shut[channel_id] = _now() + SHUT_FOR
                if no.channel_gone:
                    await self._forget(guild_id, channel_id)
                return False
            except Unavailable as later:
                if pause is None:
                    log.warning("a card for the server %s is left out: %s", guild_id, later.sentence)
                    return False
                await asyncio.sleep(pause)
            else:
                return True
        return False

    async def _forget(self, guild_id: int, channel_id: int) -> None:
        if self._preferences is not None:
            await self._preferences.forget_channel(guild_id, ChannelUse.LOG, channel_id)
        log.warning("the log channel of the server %s is gone, and none is chosen now", guild_id)


def _now() -> float:
    return asyncio.get_running_loop().time()
