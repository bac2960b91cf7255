"""Servers whose language is not what a test is about."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class _EnglishOnly:
    """In the place of ServerLanguages."""

    @asynccontextmanager
    async def reading(self, _: int) -> AsyncIterator[None]:
        yield

    reading_at = reading


ENGLISH_ONLY: Any = _EnglishOnly()
