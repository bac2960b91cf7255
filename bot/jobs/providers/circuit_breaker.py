"""A provider's account in trouble: its queue pauses, its host is told once, and now and then one order tries.

The state is kept in the notebook, so that it holds across processes and restarts. Orders that wait are kept; nothing
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
    """Why and since when a provider's queue pauses. `paid`: an order was refused, so a mere look proves nothing."""

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

    async def is_open(self, provider: str) -> bool:
        """Whether orders wait because the account was refused."""
        return await self._read(provider) is not None

    async def until_trial(self, provider: str) -> float | None:
        """None: go on; with an open circuit that was this process's one trial. Otherwise the seconds to wait."""
        async with self._turn:
            opened = await self._read(provider)
            if opened is None:
                return None
            now = self.clock.now()
            if opened.next_trial > now:
                return (opened.next_trial - now).total_seconds()
            await self._write(provider, opened.later(now))  # the others wait for what comes of it
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

    async def works(self, provider: str, *, paid: bool = False) -> bool:
        """A request was answered: close, unless only an order could prove it. True when this closed it."""
        if await self._read(provider) is None:  # by far the most frequent case needs no turn
            return False
        async with self._turn:
            opened = await self._read(provider)
            if opened is None or (opened.paid and not paid):
                return False
            await self.records.write(_key(provider), "")
            log.warning("the account at %s works again, its orders go on", provider)
            return True

    async def refused_since(self, provider: str) -> datetime | None:
        """Since when orders there wait; None while all is well."""
        opened = await self._read(provider)
        return None if opened is None else opened.since

    async def try_now(self, provider: str) -> None:
        """A new start may come with a new key: do not wait for the next trial."""
        async with self._turn:
            opened = await self._read(provider)
            if opened is not None:
                log.warning("the account at %s was refused before the restart; the next order tries it", provider)
                await self._write(provider, replace(opened, next_trial=self.clock.now(), trials=0))

    async def _read(self, provider: str) -> Opened | None:
        text = await self.records.read(_key(provider))
        if not text:
            return None
        noted = json.loads(text)
        return Opened(
            since=datetime.fromisoformat(noted["since"]),
            next_trial=datetime.fromisoformat(noted["next_trial"]),
            trials=noted["trials"],
            paid=noted["paid"],
        )

    async def _write(self, provider: str, opened: Opened) -> None:
        noted = {
            "since": opened.since.isoformat(),
            "next_trial": opened.next_trial.isoformat(),
            "trials": opened.trials,
            "paid": opened.paid,
        }
        await self.records.write(_key(provider), json.dumps(noted))


def _key(provider: str) -> str:
    return f"account trouble: {provider}"
