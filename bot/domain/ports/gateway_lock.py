"""Which of several processes answers people, on all servers or on those of some shards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bot.data_classes import value_object


@value_object
class Shards:
    """The shards that a process connects, of `count` in all: Discord assigns the servers to them by id."""

    count: int = 1
    ids: tuple[int, ...] = (0,)

    @property
    def is_all_in_one(self) -> bool:
        return self.count == 1


ONE_SHARD = Shards()


class GatewayTurn(Protocol):
    """When this process is the one that answers."""

    @property
    def is_ours(self) -> bool: ...

    async def identified(self, bucket: int) -> None:
        """Wait until a shard of this bucket may start a session."""
        ...


class GatewayLock(Protocol):
    """Held by one process at a time for each shard of a bot, for so many seconds unless it is renewed."""

    async def take(self, bot: int, holder: str, seconds: float, is_gone: Callable[[str], bool], shards: Shards) -> str:
        """Take these shards, or renew them: all or none. Returns who holds them now.

        They stay with another holder who is not known to be gone, and so do those of another shard count, which have
        the same servers.
        """
        ...

    async def release(self, bot: int, holder: str) -> None:
        """Release everything that it holds at once. Harmless if somebody else holds it."""
        ...

    async def identify(self, bot: int, bucket: int, seconds: float) -> float:
        """Take the next moment at which a shard of this bucket may start a session, so many seconds after the last.

        Returns how many seconds to wait until then.
        """
        ...
