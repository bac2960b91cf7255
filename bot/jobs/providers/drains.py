"""Accounts that whoever runs the bot has drained: nothing more is sent there, and what is there is finished.

This is stored for all processes, and takes effect without a restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.accounts import service_of
from bot.domain.messages import msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records

DRAINED = msg("Whoever runs this bot has paused this service. Orders wait, free of charge, until it goes on.")
DRAINED_WAIT = 15.0  # seconds until it is checked again whether orders go on


@value_object
class Drain:
    since: datetime


DRAIN = Record("drained account", Drain)  # by account name; nothing is kept for one that accepts orders


@wired
class Drains:
    """An own key follows the account whose service it is for."""

    records: Records
    clock: Clock

    async def holds(self, account: str) -> bool:
        return await self.records.read(DRAIN, service_of(account)) is not None

    async def since(self, accounts: Iterable[str]) -> Mapping[str, datetime]:
        """Of those of these accounts that are drained."""
        drained = await self.records.read_many(DRAIN, accounts)
        return {account: each.since for account, each in drained.items()}

    async def begin(self, account: str) -> bool:
        """False if it was drained already."""
        now = self.clock.now()
        return (await self.records.update(DRAIN, account, lambda known: known or Drain(since=now))).before is None

    async def end(self, account: str) -> bool:
        """False if it was not drained."""
        return (await self.records.update(DRAIN, account, lambda _: None)).before is not None
