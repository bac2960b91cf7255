"""Which of several processes answers people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class GatewayLock(Protocol):
    """Held by one process at a time for each bot, for so many seconds unless it is renewed."""

    async def take(self, bot: int, holder: str, seconds: float, is_gone: Callable[[str], bool]) -> str:
        """Take it, or renew it, unless somebody else holds it who is not known to be gone. Who holds it now."""
        ...

    async def release(self, bot: int, holder: str) -> None:
        """Let others have it at once. Harmless when somebody else holds it."""
        ...
