"""An account in trouble: its queue pauses, whoever runs the bot is told once, and now and then one order tries.

The state is kept in the records, so that it holds across processes and restarts. Orders that wait are kept; nothing
is lost and nothing is paid meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.errors import AccountTrouble
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.records import Records

log = logging.getLogger(__name__)

PAUSES = (60.0, 300.0, 900.0)  # seconds before the first, the second and every later trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Why and since when an account's queue pauses. `paid`: an order was refused, so a mere look proves nothing."""

    since: datetime
    next_trial: datetime
    trials: int
    paid: bool

    def later(self, now: datetime) -> Opened:
        """After one more trial has begun, or failed."""
        pause = PAUSES[min(self.trials, len(PAUSES) - 1)]
        return replace(self, next_trial=now + timedelta(seconds=pause), trials=self.trials + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """Closed: all is well. Open: one trial after each pause. It closes by itself when a request works."""

    records: Records
    clock: Clock
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    async def is_open(self, account: str) -> bool:
        """Whether orders wait because the account was refused."""
        return await self._read(account) is not None

    async def until_trial(self, account: str) -> float | None:
        """None: go on; with an open circuit that was this process's one trial. Otherwise the seconds to wait."""
        async with self._turn:
            opened = await self._read(account)
            if opened is None:
                return None
            now = self.clock.now()
            if opened.next_trial > now:
                return (opened.next_trial - now).total_seconds()
            await self._write(account, opened.later(now))  # the others wait for what comes of it
            return None

    async def trouble(self, provider: Provider, trouble: AccountTrouble, *, paid: bool = False) -> float:
        """The account was refused: open, or stay open. Seconds until the next trial."""
        async with self._turn:
            now = self.clock.now()
            opened = await self._read(provider.name)
            if opened is None:
                log.error(
                    "%s Orders there wait until it works again; it is tried after 1, 5 and then every 15 minutes. "
                    "After changing a setting, restart.",
                    trouble.sentence,
                )
                opened = Opened(since=now, next_trial=now, trials=0, paid=paid)
            if opened.next_trial <= now:
                opened = opened.later(now)
            await self._write(provider.name, replace(opened, paid=opened.paid or paid))
            return max(1.0, (opened.next_trial - now).total_seconds())

    async def works(self, account: str, *, paid: bool = False) -> bool:
        """A request was answered: close, unless only an order could prove it. True when this closed it."""
        if await self._read(account) is None:  # by far the most frequent case needs no turn
            return False
        async with self._turn:
            opened = await self._read(account)
            if opened is None or (opened.paid and not paid):
                return False
            await self.records.write(_key(account), "")
            log.warning("the account %s works again, its orders go on", account)
            return True

    async def refused_since(self, account: str) -> datetime | None:
        """Since when orders there wait; None while all is well."""
        opened = await self._read(account)
        return None if opened is None else opened.since

    async def try_now(self, account: str) -> None:
        """A new start may come with a new key: do not wait for the next trial."""
        async with self._turn:
            opened = await self._read(account)
            if opened is not None:
                log.warning("the account %s was refused before the restart; the next order tries it", account)
                await self._write(account, replace(opened, next_trial=self.clock.now(), trials=0))

    async def _read(self, account: str) -> Opened | None:
        text = await self.records.read(_key(account))
        if not text:
            return None
        noted = json.loads(text)
        return Opened(
            since=datetime.fromisoformat(noted["since"]),
            next_trial=datetime.fromisoformat(noted["next_trial"]),
            trials=noted["trials"],
            paid=noted["paid"],
        )

    async def _write(self, account: str, opened: Opened) -> None:
        noted = {
            "since": opened.since.isoformat(),
            "next_trial": opened.next_trial.isoformat(),
            "trials": opened.trials,
            "paid": opened.paid,
        }
        await self.records.write(_key(account), json.dumps(noted))


def _key(account: str) -> str:
    return f"account trouble: {account}"
