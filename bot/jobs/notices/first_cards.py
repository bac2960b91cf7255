"""A server that Kinora joins gets one card with the first steps, even across restarts.

Servers known from before this feature get none. A server that removes Kinora is forgotten, so coming back counts as
joining again.
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
COUNTING = Record("servers are known", KnownServer)  # there is one, under the key "", since the first start


@wired
class FirstCards:
    channel: FirstCardChannel
    records: Records
    clock: Clock

    async def connected(self) -> None:
        """Discord has listed the servers: those joined in the meantime get their card, too."""
        now = KnownServer(begun=self.clock.now(), posted=True)
        first = await self.records.read(COUNTING, "") is None
        for guild_id in self.channel.guilds():
            if first:
                await self.records.update(SERVERS, str(guild_id), lambda known: known or now)
            else:
                await self.joined(guild_id)
        if first:  # only now: if a start is interrupted before this, the next one makes up for it
            await self.records.write(COUNTING, "", now)

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
