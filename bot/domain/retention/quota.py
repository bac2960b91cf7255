"""How much space all kept videos may take."""

from __future__ import annotations

from typing import Protocol

from bot.data_classes import value_object


@value_object
class QuotaUse:
    """Bytes."""

    used: int
    quota: int

    @property
    def is_full(self) -> bool:
        return self.used >= self.quota


class StorageQuota(Protocol):
    async def use(self) -> QuotaUse | None:
        """As it was a moment ago; None without a quota."""
        ...


class NoQuota:
    async def use(self) -> QuotaUse | None:
        return None
