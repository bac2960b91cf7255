"""For tests that are not about the servers' language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class _EnglishOnly:
    """Replaces ServerLanguages."""

    @asynccontextmanager
    async def reading(self, _: int) -> AsyncIterator[None]:
        yield

    reading_at = reading


ENGLISH_ONLY: Any = _EnglishOnly()
