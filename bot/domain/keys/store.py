"""Where own keys are kept, sealed, and what seals them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.keys.own_key import OwnKey
from bot.domain.money.costs import MonthSpending


@value_object
class KeyUse:
    """What a key has paid for in its server's current month, and how many orders with it are under way."""

    spent: MonthSpending
    open_orders: int


class KeyCipher(Protocol):
    """Seals keys so that whoever reads the database alone cannot use them."""

    def seal(self, account: str, key: str) -> str:
        """For this account only: moved to another one, it does not open."""
        ...

    def opened(self, account: str, sealed: str) -> str | None:
        """None when none of today's secrets opens it."""
        ...

    def resealed(self, sealed: str) -> str | None:
        """The same under the first of the secrets. None: it is already, or none of them opens it."""
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
        """None when there is no such key (any more)."""
        ...

    async def put(self, key: OwnKey, sealed: str, *, may_replace: bool) -> None:
        """Store it, in the place of the one there was.

        BadRequest when the other one still has orders at its service, unless it `may_replace` that one all the same.
        """
        ...

    async def remove(self, account: str) -> int:
        """Erase it, or let it take no new orders until those under way have ended: how many these are."""
        ...

    async def remove_of(self, member_id: int) -> None:
        """All of a member's, on all servers, as `remove`; and what is remembered about them."""
        ...

    async def purge(self) -> Sequence[str]:
        """Erase those that were left for orders which have ended since; their accounts."""
        ...

    async def all_sealed(self) -> Mapping[str, str]:
        """By account."""
        ...

    async def reseal(self, account: str, before: str, after: str) -> None:
        """Unless it was replaced meanwhile."""
        ...

    async def busy(self) -> Sequence[str]:
        """The accounts of keys that have orders under way."""
        ...

    async def awaited(self, since: datetime) -> Sequence[str]:
        """The accounts of keys where videos of orders may turn up: busy ones, and those of replaced requests since."""
        ...
