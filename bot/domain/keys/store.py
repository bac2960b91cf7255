"""Where own keys are stored, encrypted, and what encrypts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.keys.own_key import OwnKey
from bot.domain.money.costs import MonthSpending


@value_object
class KeyUse:
    """What a key has paid for in its server's current month, and how many orders with it are in progress."""

    spent: MonthSpending
    open_orders: int


class KeyCipher(Protocol):
    """Encrypts keys so that whoever reads only the database cannot use them."""

    def seal(self, account: str, key: str) -> str:
        """For this account only: it can't be opened for another one."""
        ...

    def opened(self, account: str, sealed: str) -> str | None:
        """None if none of the current secrets opens it."""
        ...

    def resealed(self, sealed: str) -> str | None:
        """The same, encrypted with the first of the secrets. None: it is already, or none of them opens it."""
        ...


class KeyStore(Protocol):
    async def of(self, guild_id: int, member_id: int | None) -> Sequence[OwnKey]:
        """The keys of a member on a server; None: that server's."""
        ...

    async def usable(self, guild_id: int, member_id: int) -> Sequence[str]:
        """The accounts that a member's next order may be sent to: the member's own, then the server's."""
        ...

    async def get(self, account: str) -> OwnKey | None: ...

    async def use(self, keys: Sequence[OwnKey]) -> Mapping[str, KeyUse]:
        """By account."""
        ...

    async def sealed(self, account: str) -> str | None:
        """None if there is no such key (any more)."""
        ...

    async def put(self, key: OwnKey, sealed: str, *, may_replace: bool) -> None:
        """Store it, replacing any previous one.

        Raises BadRequest if the previous one still has orders at its service, unless it `may_replace` that one all the
        same.
        """
        ...

    async def remove(self, account: str) -> int:
        """Erase it, or let it accept no new orders until those in progress have ended. Returns how many these are."""
        ...

    async def remove_of(self, member_id: int) -> None:
        """Remove all of a member's keys, on all servers, like `remove`; and what is remembered about them."""
        ...

    async def purge(self) -> Sequence[str]:
        """Erase keys that were kept for orders which have ended since. Returns their accounts."""
        ...

    async def all_sealed(self) -> Mapping[str, str]:
        """By account."""
        ...

    async def reseal(self, account: str, before: str, after: str) -> None:
        """Unless it was replaced meanwhile."""
        ...

    async def busy(self) -> Sequence[str]:
        """The accounts of keys that have orders in progress."""
        ...

    async def awaited(self, since: datetime) -> Sequence[str]:
        """The accounts of keys where videos may still turn up: busy ones, and those of replaced requests since then."""
        ...
