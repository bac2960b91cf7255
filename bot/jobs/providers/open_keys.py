"""Own keys in use: opened on first use, up to a limit at once, and closed at the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.data_classes import wired
from bot.domain.accounts import Account, service_of
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.keys.store import KeyCipher, KeyStore
from bot.domain.messages import msg
from bot.domain.ports.provider import Provider

log = logging.getLogger(__name__)

MOST_OPEN = 64  # that nobody is using just now
NOBODYS = "nobody-has-this-key-0000"
THE_FORM = "the form"  # where a key was entered that is not stored
SETTING = "/keys"  # where an own key is changed, for messages
OFF = msg("Own keys are off, so this order's key can't be used. Whoever runs this bot can set KEYS_SECRET.")
UNREADABLE = msg("The stored key can't be read any more, because KEYS_SECRET was changed. Enter it again with `/keys`.")
GONE = msg("The key of this order was removed. Enter it again with `/keys`.")
NOT_NOW = msg("The stored key couldn't be read just now.")


@dataclass(slots=True)
class _Open:
    sealed: str
    provider: Provider
    users: int = 0


@wired
class OpenKeys:
    """`accounts` are those of the settings; `learned` is told each key, so that no log shows it."""

    keys: KeyStore
    cipher: KeyCipher | None  # None: own keys are off
    accounts: Mapping[str, Account]
    open_account: Callable[[Account], Provider]
    learned: Callable[[str], None]
    most: int = MOST_OPEN
    _open: dict[str, _Open] = field(default_factory=dict, init=False, repr=False)  # the least recently used first
    _old: list[_Open] = field(default_factory=list, init=False, repr=False)  # replaced while in use
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    @asynccontextmanager
    async def provider(self, account: str) -> AsyncIterator[Provider]:
        """The stored key's provider.

        The row is read each time: another process may have replaced the key, or erased it. Raises AccountTrouble if
        there is none, and Unavailable if that can't be determined.
        """
        opened = await self._opened(account)
        try:
            yield opened.provider
        finally:
            opened.users -= 1

    def nobodys(self, account: str) -> Provider:
        """A provider with a made-up key: a service that accepts it accepts any."""
        return self.open_account(replace(self._account(account, NOBODYS), key_setting=THE_FORM))

    def trial(self, account: str, key: str) -> Provider:
        """A provider for a key that is not stored. Raises CannotStart if it can't be a key."""
        self.learned(key)
        return self.open_account(replace(self._account(account, key), key_setting=THE_FORM))

    async def close(self) -> None:
        for each in (*self._open.values(), *self._old):
            await each.provider.close()
        self._open.clear()
        self._old.clear()

    async def _opened(self, account: str) -> _Open:
        """With one more user."""
        sealed = await self._sealed(account)
        async with self._opening:
            known = self._open.pop(account, None)
            if known is not None and known.sealed != sealed:
                self._old.append(known)
                known = None
            opened = known or self._begin(account, sealed)
            opened.users += 1
            self._open[account] = opened
            await self._close_some()
        return opened

    async def _sealed(self, account: str) -> str:
        try:
            sealed = await self.keys.sealed(account)
        except Exception as error:  # noqa: BLE001 (whatever the database says: nothing was sent)
            log.warning("an own key could not be looked up: %s", type(error).__name__)
            raise Unavailable(NOT_NOW) from None
        if sealed is None:
            raise AccountTrouble(GONE)
        return sealed

    def _begin(self, account: str, sealed: str) -> _Open:
        if self.cipher is None:
            raise AccountTrouble(OFF)
        key = self.cipher.opened(account, sealed)
        if key is None:
            raise AccountTrouble(UNREADABLE)
        self.learned(key)
        try:
            return _Open(sealed, self.open_account(self._account(account, key)))
        except CannotStart as no:
            raise AccountTrouble(no.message) from None

    def _account(self, account: str, key: str) -> Account:
        ours = self.accounts[service_of(account)]
        return replace(ours, name=account, key=key, key_setting=SETTING, secrets=(key, *ours.secrets), max_renders=None)

    async def _close_some(self) -> None:
        """Unused ones beyond the limit, and those that were replaced."""
        idle = [account for account, each in self._open.items() if not each.users]
        for account in idle[: max(0, len(self._open) - self.most)]:
            self._old.append(self._open.pop(account))
        for each in [old for old in self._old if not old.users]:
            self._old.remove(each)
            await each.provider.close()
