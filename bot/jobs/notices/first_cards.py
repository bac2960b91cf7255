"""A server that Kinora joins gets one card with the first steps, even across restarts.

New is a server that was joined after the first start of all, by Discord's word. So it is the same which of several
processes, each with shards of its own, is told of it, and when that one starts. Who leaves is forgotten, so coming back
is joining again.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.notices.joining import FirstCardChannel
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records
from bot.jobs.delivery.nonces import NONCE_HOLDS, nonce_of

log = logging.getLogger(__name__)


@value_object
class KnownServer:
    """A server that has its first card, is about to get it, or is to have none.

    `begun` is when it was first to be posted.
    """

    begun: datetime
    posted: bool = False


SERVERS = Record("known servers", KnownServer)  # by the server's id
COUNTING = Record("servers are known", KnownServer)  # there is one, under the key "": `begun` is the first start of all


@wired
class FirstCards:
    channel: FirstCardChannel
    records: Records
    clock: Clock

    async def connected(self) -> None:
        """Discord has told of the servers: those that were joined meanwhile get their card, too."""
        first_start = await self._first_start()
        for guild_id in self.channel.guilds():
            if self._is_new(guild_id, first_start):
                await self.joined(guild_id)

    async def available(self, guild_id: int) -> None:
        """Discord has told of a server by itself, as after an outage there. It may be one that is new to us."""
        if self._is_new(guild_id, await self._first_start()):
            await self.joined(guild_id)

    async def _first_start(self) -> datetime:
        """Of all processes; now, if there was none."""
        now = KnownServer(begun=self.clock.now(), posted=True)
        known = await self.records.read(COUNTING, "")
        return (known or (await self.records.update(COUNTING, "", lambda other: other or now)).after or now).begun

    def _is_new(self, guild_id: int, first_start: datetime) -> bool:
        """One of which nothing is known yet is told of again once it is."""
        joined_at = self.channel.joined_at(guild_id)
        return joined_at is not None and joined_at > first_start

    async def joined(self, guild_id: int) -> None:
        """Post its card, unless it has one. A failure is retried at the next start."""
        key, new = str(guild_id), KnownServer(begun=self.clock.now())
        known = (await self.records.update(SERVERS, key, lambda known: known or new)).after or new
        if known.posted:
            return
        try:
            is_old = self.clock.now() - known.begun > NONCE_HOLDS
            if not (is_old and await self.channel.is_posted(guild_id, known.begun)):
                await self.channel.post(guild_id, nonce=nonce_of("j", guild_id, known.begun.isoformat()))
        except Unavailable as later:
            log.info("the server %s gets its first card later: %s", guild_id, later.sentence)
            return
        except Undeliverable as no:
            log.info("the server %s takes no first card: %s", guild_id, no.sentence)
        await self.records.update(SERVERS, key, lambda held: replace(held, posted=True) if held == known else held)

    async def left(self, guild_id: int) -> None:
        await self.records.update(SERVERS, str(guild_id), lambda _: None)
