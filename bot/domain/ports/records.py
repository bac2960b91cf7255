"""Small facts that outlive the process."""

from __future__ import annotations

from typing import Protocol


class Records(Protocol):
    """Small facts that outlive the process, such as the hash of the registered commands."""

    async def read(self, key: str) -> str | None: ...

    async def write(self, key: str, value: str) -> None: ...
