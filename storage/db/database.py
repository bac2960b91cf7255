"""One SQL database, opened once, with one way to write and one way to read.

Each transaction runs as a task of its own, and whoever asked for it and is cancelled waits for its end: cancelling a
statement half-way would leave SQLite's write lock held until some later garbage collection.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Self, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Term, msg
from storage.db.engines import SQLITE, Engines, address, engines_for, is_passing
from storage.db.schema import bring_up_to_date, is_up_to_date

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

RETRY_WAITS = (0.02, 0.05, 0.1, 0.3, 0.6)  # seconds, each times 0.5 to 1.5 so that rivals part
_chance = random.SystemRandom()


class Database:
    """What the stores work on. `write` and `read` may call their function again, so it must have no other effect."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines
        self._under_way: set[asyncio.Task[object]] = set()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and bring the tables up to date. Raises CannotStart.

        `url` is `sqlite:///path` (the folder is made) or `postgresql://user:password@host/name`.
        """
        where = address(url)
        async with AsyncExitStack() as undo:
            database = cls(engines_for(where))
            undo.push_async_callback(database.close)
            try:
                await database._prepare(where.drivername)
            except DBAPIError as error:
                raise CannotStart(
                    msg(
                        "The database {address} cannot be used: {fault}. "
                        "Check DATABASE_URL, and that Kinora may read and write there.",
                        address=Term(where.render_as_string()),
                        fault=Foreign(first_line(error)),
                    )
                ) from error
            undo.pop_all()
        return database

    async def _prepare(self, driver: str) -> None:
        if driver == SQLITE:
            await self.write(_check_log)
        if not await self.read(is_up_to_date):
            await self.write(bring_up_to_date)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction of its own that commits when it returns and rolls back when it raises.

        On SQLite all writes follow one another. On PostgreSQL they may overlap: what is read in order to be changed
        has to be read FOR UPDATE.
        """
        return await self._to_its_end(self._engines.writer, work)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one unchanging picture of the database; it cannot write."""
        return await self._to_its_end(self._engines.reader, work)

    async def close(self) -> None:
        """Wait for transactions under way, then let go of the database."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._engines.dispose()

    async def _to_its_end(self, engine: AsyncEngine, work: Work[T]) -> T:
        task = asyncio.create_task(_persistently(engine, work), name="transaction")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            await asyncio.wait({task})  # cancelling a wait leaves what it waits for alone
        except asyncio.CancelledError:
            await asyncio.wait({task})
            _log_unheard(task)
            raise
        return task.result()


async def _persistently(engine: AsyncEngine, work: Work[T]) -> T:
    for wait in RETRY_WAITS:
        try:
            async with engine.begin() as connection:
                return await work(connection)
        except DBAPIError as error:
            if not is_passing(error):
                raise
            log.warning("the database did not take a transaction, trying again: %s", first_line(error))
        await asyncio.sleep(wait * _chance.uniform(0.5, 1.5))
    async with engine.begin() as connection:
        return await work(connection)


def _log_unheard(task: asyncio.Task[T]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("a transaction failed after its caller was cancelled: %r", error)


def first_line(error: DBAPIError) -> str:
    """What the database said, for a sentence."""
    return str(error.orig).partition("\n")[0].rstrip(".")


async def _check_log(connection: AsyncConnection) -> None:
    mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        raise CannotStart(
            msg(
                "SQLite cannot use its write-ahead log there, as on a network drive. "
                "Put DATA_DIR on a local disk, or use PostgreSQL."
            )
        )
