"""Upkeep of own keys: whoever stored a key is told if its service refuses it, and leftover keys are erased.

Nobody else is told, because it is neither the host's money nor the server's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Protocol

from bot.data_classes import value_object, wired
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.keys.own_key import OwnKey
from bot.domain.keys.store import KeyStore
from bot.domain.messages import Message, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.records import Record, Records
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.upkeep import repeat

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds


@value_object
class ToldOwner:
    """Since when the key has been refused that its owner was told about."""

    since: datetime


TOLD = Record("refused own key", ToldOwner)  # by account


class DirectMessages(Protocol):
    async def tell(self, user_id: int, message: Message, *, guild_id: int) -> None:
        """In the language of the server that it is about. Raises Undeliverable and Unavailable."""
        ...


@wired
class KeyUpkeep:
    """One per process; `run` it alongside the worker."""

    keys: KeyStore
    circuit: Circuit
    providers: Mapping[str, Provider]
    direct_messages: DirectMessages
    records: Records
    clock: Clock

    async def run(self) -> None:
        """Until cancelled."""
        await repeat(self.look, partial(self.clock.sleep, EVERY), log, "own keys could not be looked after")

    async def look(self) -> None:
        if erased := await self.keys.purge():
            log.info("own keys erased after their last orders: %d", len(erased))
        refused = await self.circuit.refused_since(await self.keys.busy())
        for account, since in refused.items():
            key = await self.keys.get(account)
            if key is not None and await self._is_news(account, since):
                await self._tell(key)

    async def _is_news(self, account: str, since: datetime) -> bool:
        """Of all processes, the one that stores the notice is the one that sends it."""
        now = ToldOwner(since=since)
        return (await self.records.update(TOLD, account, lambda _: now)).before != now

    async def _tell(self, key: OwnKey) -> None:
        provider = self.providers.get(key.account)
        if provider is None:
            return
        try:
            await self.direct_messages.tell(key.added_by, _refused(provider.label, key), guild_id=key.owner.guild_id)
        except Unavailable:
            await self.records.update(TOLD, key.account, lambda _: None)
        except Undeliverable:
            log.info("whoever stored a key that is refused takes no direct messages")


def _refused(service: Message, key: OwnKey) -> Message:
    if key.is_servers:
        return msg(
            "⚠️ {service} refuses the key that you stored for your server, or it can't be used. Orders with it wait, "
            "free of charge. `/keys` there replaces or removes it.",
            service=service,
        )
    return msg(
        "⚠️ {service} refuses the key that you stored, or it can't be used. Your orders with it wait, free of charge. "
        "`/keys` on that server replaces or removes it.",
        service=service,
    )
