"""An account in trouble: its queue pauses, whoever runs the bot is told once, and one order tries from time to time.

The state is kept in the records, so that it holds across processes and restarts. Waiting orders are kept; nothing is
lost and nothing is paid for meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.accounts import is_own
from bot.domain.errors import AccountTrouble
from bot.domain.hints import still_to_wait
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.records import Record, Records

log = logging.getLogger(__name__)

PAUSES = (60.0, 300.0, 900.0)  # seconds before the first, the second and every later trial


@value_object
class Opened:
    """Why and since when an account's queue pauses. `paid`: an order was refused, so a mere poll proves nothing."""

    since: datetime
    next_trial: datetime
    trials: int
    paid: bool

    def wait(self, now: datetime) -> float:
        """Seconds until a trial; 0.0 if one is due, or if the clock was set back since."""
        return still_to_wait(self.next_trial, now, PAUSES[-1])

    def later(self, now: datetime) -> Opened:
        """After one more trial has started, or failed."""
        pause = PAUSES[min(self.trials, len(PAUSES) - 1)]
        return replace(self, next_trial=now + timedelta(seconds=pause), trials=self.trials + 1)


STAYS_CLOSED = timedelta(seconds=2)  # for polls only, of which there may be many per second
NEVER = datetime.min.replace(tzinfo=UTC)
CIRCUIT = Record("circuit", Opened)  # by the provider's name; nothing is kept of one that is closed


@wired
class Circuit:
    """Closed: all is well. Open: one trial after each pause. It closes by itself when a request succeeds."""

    records: Records
    clock: Clock
    _seen_closed: dict[str, datetime] = field(default_factory=dict, init=False)
    _asking: set[str] = field(default_factory=set, init=False)  # accounts whose state is being read

    async def is_open(self, account: str) -> bool:
        """Whether orders wait because the account was refused."""
        return await self._read(account) is not None

    async def until_trial(self, account: str) -> float | None:
        """None: go ahead; if the circuit is open, that was the one trial of all processes.

        Otherwise the seconds to wait.
        """
        if await self._read(account) is None:
            return None
        now = self.clock.now()

        def trial_begun(opened: Opened | None) -> Opened | None:
            if opened is None or opened.wait(now):
                return opened
            return opened.later(now)  # the others wait for its result

        opened = (await self.records.update(CIRCUIT, account, trial_begun)).before
        return None if opened is None else opened.wait(now) or None

    async def note_refusal(self, provider: Provider, trouble: AccountTrouble, *, paid: bool = False) -> float:
        """The account was refused: open the circuit, or keep it open. Returns the seconds until the next trial."""
        now = self.clock.now()
        self._seen_closed.pop(provider.name, None)

        def refused(opened: Opened | None) -> Opened:
            opened = opened or Opened(since=now, next_trial=now, trials=0, paid=paid)
            if not opened.wait(now):
                opened = opened.later(now)
            return replace(opened, paid=opened.paid or paid)

        changed = await self.records.update(CIRCUIT, provider.name, refused)
        if changed.before is None and is_own(provider.name):
            log.info("%s is refused; whose key it is will be told", provider.name)
        elif changed.before is None:
            log.error(
                "%s Orders there wait until it works again; it is tried after 1, 5 and then every 15 minutes. "
                "After changing a setting, restart.",
                trouble.sentence,
            )
        opened = changed.after or refused(None)
        return max(1.0, (opened.next_trial - now).total_seconds())

    async def note_success(self, account: str, *, paid: bool = False) -> bool:
        """A request was answered: close the circuit, unless only an order can prove it. True if this closed it."""
        now = self.clock.now()
        if timedelta(0) <= now - self._seen_closed.get(account, NEVER) < STAYS_CLOSED:
            return False
        if account in self._asking and not paid:
            return False  # a list answers a hundred polls at once: one of them asks, and closes it for all
        if not await self._is_found_open(account):  # by far the most frequent case
            self._seen_closed[account] = now
            return False

        def proven(opened: Opened | None) -> Opened | None:
            return opened if opened is not None and opened.paid and not paid else None

        changed = await self.records.update(CIRCUIT, account, proven)
        closed = changed.before is not None and changed.after is None
        if closed:
            log.warning("the account %s works again, its orders go on", account)
        return closed

    async def refused_since(self, accounts: Iterable[str]) -> Mapping[str, datetime]:
        """Since when orders have been waiting, for those of these accounts where they are."""
        return {account: each.since for account, each in (await self.opened(accounts)).items()}

    async def opened(self, accounts: Iterable[str]) -> Mapping[str, Opened]:
        """The circuits of those of these accounts where orders wait."""
        return await self.records.read_many(CIRCUIT, accounts)

    async def try_now(self, account: str) -> None:
        """A restart may bring a new key: do not wait for the next trial."""
        now = self.clock.now()

        def due(opened: Opened | None) -> Opened | None:
            return None if opened is None else replace(opened, next_trial=now, trials=0)

        if (await self.records.update(CIRCUIT, account, due)).before is not None:
            log.warning("the account %s was refused before the restart; the next order tries it", account)

    async def _is_found_open(self, account: str) -> bool:
        self._asking.add(account)
        try:
            return await self.is_open(account)
        finally:
            self._asking.discard(account)

    async def _read(self, account: str) -> Opened | None:
        return await self.records.read(CIRCUIT, account)
