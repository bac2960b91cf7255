"""Reads that take long and whose end nobody may need: their statement is interrupted.

SQLite continues in its thread even if its caller is cancelled, so it is interrupted; to PostgreSQL, psycopg sends a
cancellation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db.connections.sqlite_driver import OneVisitConnection

T = TypeVar("T")

AGAIN = 0.05  # seconds until the next statement of the same read is interrupted, too


@dataclass(slots=True)
class LongRead(Generic[T]):
    """A function for a transaction, which can be abandoned while it runs."""

    work: Callable[[AsyncConnection], Awaitable[T]]
    _driver: object = None  # the connection that it runs on now

    async def __call__(self, connection: AsyncConnection) -> T:
        self._driver = (await connection.get_raw_connection()).driver_connection
        try:
            return await self.work(connection)
        finally:
            self._driver = None  # from here on it may be somebody else's

    async def give_up(self, transaction: asyncio.Task[T]) -> None:
        """Until its transaction is over."""
        while not transaction.done():
            if isinstance(self._driver, OneVisitConnection):
                await self._driver.interrupt()
            elif self._driver is not None:
                transaction.cancel()
                await asyncio.wait({transaction})
                break
            await asyncio.wait({transaction}, timeout=AGAIN)
        if not transaction.cancelled():
            transaction.exception()  # its interruption is expected
